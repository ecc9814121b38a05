import type { Vm, VmId } from '../../../shared/domain/index.ts'
import { AppError, toWireError } from '../../../shared/errors/index.ts'
import { addNotice, isElectron, showVm } from '../../stores/index.ts'

export type ConsoleKind = 'graphics' | 'serial'

/**
 * The console that is meant when none is named: the display, or the serial port of a machine that has only that; null: it has
 * nothing that could be opened. Pure.
 */
export function decideConsoleKind(vm: Pick<Vm, 'graphics' | 'hasSerialConsole'>): ConsoleKind | null {
  if (vm.graphics.some(({ type }) => type === 'vnc')) return 'graphics'
  return vm.hasSerialConsole ? 'serial' : null
}

/** Opens that console; shows a machine that has none. */
export function openAnyConsole(vm: Pick<Vm, 'id' | 'name' | 'graphics' | 'hasSerialConsole'>): void {
  const kind = decideConsoleKind(vm)
  if (kind === null) showVm(vm.id)
  else openConsole(vm, kind)
}

/** The address of a console window. Pure. */
export function consoleAddress(vmId: VmId, kind: ConsoleKind): string {
  return `console.html?${new URLSearchParams({ vm: vmId, kind })}`
}

/**
 * Opens a VM's console in a window of its own; a second request brings that window forward. The name of the window is
 * what makes it the same one. A window that the browser does not let open becomes a notice.
 */
export function openConsole(
  { id: vmId, name: vmName }: { readonly id: VmId; readonly name: string },
  kind: ConsoleKind,
): void {
  const name = `virtdeck-console-${kind}-${vmId}`
  if (isElectron()) {
    // The main process knows its windows: it brings the one of this name forward.
    window.open(consoleAddress(vmId, kind), name)
    return
  }
  const opened = window.open('', name, 'popup,width=1040,height=840')
  if (opened === null) {
    // Some let no window open, but a tab.
    if (window.open(consoleAddress(vmId, kind), name) === null) {
      const error = toWireError(new AppError('console.window-blocked', { name: vmName }, { retry: 'safe' }))
      addNotice({ command: 'console.open', subject: vmName, error })
    }
    return
  }
  // An empty address finds a window that is already there without loading it again.
  if (isBlank(opened)) opened.location.href = new URL(consoleAddress(vmId, kind), location.href).href
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
