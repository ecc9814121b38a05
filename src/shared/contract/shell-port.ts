/*
 * What an Electron window and the shell around it say to each other, beside the frames of the engine. Both ports come to
 * the page in one window message; in a browser there is neither.
 */

/** The message's data; its ports are the engine's (frames) and the shell's (the messages below). */
export const SHELL_PORTS_MESSAGE = 'virtdeck:port'

/** One line of a native menu, as the page's own menus have it. */
export type NativeMenuEntry =
  | { readonly type: 'separator' }
  | {
      readonly type: 'action'
      readonly id: string
      readonly label: string
      readonly enabled: boolean
      readonly checked?: boolean | undefined
      /** Shown only: the page hears the keys itself. */
      readonly shortcut?: string | undefined
    }
  | { readonly type: 'submenu'; readonly label: string; readonly entries: readonly NativeMenuEntry[] }

/** From the shell to the page. */
export type ShellEvent = { readonly t: 'menu-chosen'; readonly id: string }

/** On a console's port, both ways. `ack` counts bytes that the page has taken: the shell sends no more than a window of them. */
export type ConsolePortMessage =
  | { readonly t: 'data'; readonly data: Uint8Array }
  | { readonly t: 'ack'; readonly bytes: number }
  | { readonly t: 'close'; readonly code: number; readonly reason: string }
