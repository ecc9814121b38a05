import { z } from 'zod'

/*
 * What an Electron window and the shell around it say to each other, beside the frames of the engine. Both ports come to
 * the page in one window message; in a browser there is neither.
 */

/** The message's data; its ports are the engine's (frames) and the shell's (the messages below). */
export const SHELL_PORTS_MESSAGE = 'virtdeck:port'

const LABEL_LIMIT = 200
const ENTRIES_LIMIT = 200

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

const nativeMenuEntrySchema: z.ZodType<NativeMenuEntry> = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('separator') }),
    z.object({
      type: z.literal('action'),
      id: z.string().max(LABEL_LIMIT),
      label: z.string().max(LABEL_LIMIT),
      enabled: z.boolean(),
      checked: z.boolean().optional(),
      shortcut: z.string().max(40).optional(),
    }),
    z.object({
      type: z.literal('submenu'),
      label: z.string().max(LABEL_LIMIT),
      entries: z.array(nativeMenuEntrySchema).max(ENTRIES_LIMIT),
    }),
  ]),
)

/** From the page to the shell. `console` carries a port: the console's bytes go over it. */
export const shellRequestSchema = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('menus'),
    menus: z
      .array(
        z.object({
          id: z.string().max(LABEL_LIMIT),
          label: z.string().max(LABEL_LIMIT),
          entries: z.array(nativeMenuEntrySchema).max(ENTRIES_LIMIT),
        }),
      )
      .max(20),
  }),
  z.object({ t: z.literal('console'), path: z.string().max(200) }),
])
export type ShellRequest = z.infer<typeof shellRequestSchema>
export type NativeMenu = Extract<ShellRequest, { t: 'menus' }>['menus'][number]

/** From the shell to the page. */
export type ShellEvent = { readonly t: 'menu-chosen'; readonly id: string }

/** On a console's port, both ways. `ack` counts bytes that the page has taken: the shell sends no more than a window of them. */
export type ConsolePortMessage =
  | { readonly t: 'data'; readonly data: Uint8Array }
  | { readonly t: 'ack'; readonly bytes: number }
  | { readonly t: 'close'; readonly code: number; readonly reason: string }
