import { Menu } from './menu.ts'
import { standIn } from './state.ts'

/** What a test asks the stand-in, by the process's IPC. */
export type ControlRequest =
  | { readonly t: 'menu-item'; readonly id: string }
  | { readonly t: 'menu-titles' }
  | { readonly t: 'choose'; readonly id: string }
  | { readonly t: 'bounds' }
  | { readonly t: 'set-bounds'; readonly bounds: { x: number; y: number; width: number; height: number } }
  | { readonly t: 'dialogs' }
  | { readonly t: 'answer'; readonly response: number }
  | { readonly t: 'windows' }
  | { readonly t: 'close-main' }
  | { readonly t: 'stray-pages' }
  | { readonly t: 'engine-pid' }
  | { readonly t: 'begun' }

/** Answers a test's questions until the process ends. */
export function serveControl(): void {
  process.on('message', (message: { readonly id: number; readonly request: ControlRequest }) => {
    process.send?.({ t: 'answer', id: message.id, value: answer(message.request) ?? null })
  })
}

function answer(request: ControlRequest): unknown {
  const [main] = standIn.windows
  switch (request.t) {
    case 'menu-item': {
      const item = Menu.current?.getMenuItemById(request.id)
      return item === null || item === undefined
        ? null
        : { label: item.label, enabled: item.enabled ?? true, checked: item.checked ?? null }
    }
    case 'menu-titles':
      return Menu.current?.items.map(({ label }) => label)
    case 'choose':
      Menu.current?.getMenuItemById(request.id)?.click?.({} as never, undefined, {} as never)
      return null
    case 'bounds':
      return main?.getNormalBounds()
    case 'set-bounds':
      main?.setBounds(request.bounds)
      return null
    case 'dialogs':
      return standIn.dialogs
    case 'answer':
      standIn.answers.push(request.response)
      return null
    case 'windows':
      return standIn.windows.map((window) => ({ url: window.webContents.getURL(), shown: window.isShown }))
    case 'close-main':
      main?.close()
      return null
    case 'stray-pages':
      return standIn.strayPages
    case 'engine-pid':
      return standIn.enginePid
    case 'begun':
      return standIn.begun
  }
}
