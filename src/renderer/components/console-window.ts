import type { CommandName } from '../../shared/contract/index.ts'
import { AppError, toWireError } from '../../shared/errors/index.ts'
import { addNotice, isElectron } from '../stores/index.ts'

export interface ConsoleWindowRequest {
  /** What makes a second request find the same window. */
  readonly windowName: string
  readonly address: string
  /** What a notice is about when the browser lets no window open. */
  readonly command: CommandName
  readonly subject: string
}

/**
 * Opens a console or a shell in a window of its own; a second request brings that window forward. A window that the browser does
 * not let open becomes a notice.
 */
export function openConsoleWindow({ windowName, address, command, subject }: ConsoleWindowRequest): void {
  if (isElectron()) {
    // The main process knows its windows: it brings the one of this name forward.
    window.open(address, windowName)
    return
  }
  const opened = window.open('', windowName, 'popup,width=1040,height=840')
  if (opened === null) {
    // Some let no window open, but a tab.
    if (window.open(address, windowName) === null) {
      const error = toWireError(new AppError('console.window-blocked', { name: subject }, { retry: 'safe' }))
      addNotice({ command, subject, error })
    }
    return
  }
  // An empty address finds a window that is already there without loading it again.
  if (isBlank(opened)) opened.location.href = new URL(address, location.href).href
  opened.focus()
}

function isBlank(opened: Window): boolean {
  try {
    return opened.location.href === 'about:blank'
  } catch (error) {
    // Another origin's page: not ours, so show the console in it.
    if (error instanceof DOMException) return true
    throw error
  }
}
