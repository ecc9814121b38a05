import { z } from 'zod'
import type { NativeMenuEntry } from './shell-port.ts'

const LABEL_LIMIT = 200
const ENTRIES_LIMIT = 200

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

/** From the page to the shell. `socket` carries a port: the bytes of what a ticket's path stands for go over it. */
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
  z.object({ t: z.literal('socket'), path: z.string().max(200) }),
])
export type ShellRequest = z.infer<typeof shellRequestSchema>
export type NativeMenu = Extract<ShellRequest, { t: 'menus' }>['menus'][number]
