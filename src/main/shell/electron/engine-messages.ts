import { z } from 'zod'
import type { WireError } from '../../../shared/errors/index.ts'

/*
 * What the main process and the engine's process say to each other beside the ports that they hand over. Frames and the bytes
 * of consoles go from page to engine and do not pass here.
 */

/** Who keeps the secrets' key: the system, or a file, and then why. */
export type KeyStoreChoice = 'system' | 'unavailable' | 'basic-text'

/** From the main process. The ports that come with a message are named behind it. */
export type ToEngine =
  /** First of all, with the port on which the key store answers. */
  | { readonly t: 'start'; readonly dataDir: string; readonly keyStore: KeyStoreChoice; readonly demo: boolean }
  /** With the port of a page. */
  | { readonly t: 'client'; readonly id: number }
  /** With the port of a console, or of a file on its way: `/console/<ticket>`, `/transfer/<ticket>`. */
  | { readonly t: 'socket'; readonly path: string }
  | { readonly t: 'under-way'; readonly id: number }
  /** Ask tasks to end, let go of the hosts, and exit. */
  | { readonly t: 'stop' }

const underWayTaskSchema = z.object({ command: z.string(), name: z.string(), goesOn: z.boolean() })

/** Work that is under way, and whether its host goes on with it when the engine ends. */
export type UnderWayTask = z.infer<typeof underWayTaskSchema>

/** From the engine's process, which talks with hosts: read before it is used. */
export const fromEngineSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('started') }),
  z.object({
    t: z.literal('failed'),
    error: z.custom<WireError>((value) => typeof value === 'object' && value !== null && 'code' in value),
  }),
  z.object({ t: z.literal('client-closed'), id: z.number().int() }),
  z.object({ t: z.literal('under-way'), id: z.number().int(), tasks: z.array(underWayTaskSchema) }),
])
export type FromEngine = z.infer<typeof fromEngineSchema>
