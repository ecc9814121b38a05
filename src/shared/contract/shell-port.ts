import type { WireError } from '../errors/index.ts'

/*
 * What an Electron window and the shell around it say to each other, beside the frames of the engine. Ports come to the page in
 * window messages; in a browser there are none.
 */

/** Data of the message that brings the shell's port, for the messages below. It comes once a page has loaded. */
export const SHELL_PORT_MESSAGE = 'virtdeck:shell-port'
/** Data of the message that brings a port to the engine, for its frames. It comes whenever there is an engine to connect to. */
export const ENGINE_PORT_MESSAGE = 'virtdeck:engine-port'

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
export type ShellEvent =
  | { readonly t: 'menu-chosen'; readonly id: string }
  /** Something that a person is to know, of the shell itself. */
  | { readonly t: 'notice'; readonly error: WireError }

/** On a console's port, both ways. `ack` counts bytes that the page has taken: the shell sends no more than a window of them. */
export type ConsolePortMessage =
  | { readonly t: 'data'; readonly data: Uint8Array }
  | { readonly t: 'ack'; readonly bytes: number }
  | { readonly t: 'close'; readonly code: number; readonly reason: string }
