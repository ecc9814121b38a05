import { z } from 'zod'
import { hostIdSchema, vmIdSchema } from './ids.ts'
import { pendingChangeSchema } from './vm.ts'

/**
 * What is other on a host than Virtdeck last knew it, and was changed by nobody here: the definition of a VM, or the machine that
 * answers. It stays until somebody accepts it, or until it is as it was.
 */
export const driftSchema = z.object({
  /** `<VM id>@<host id>`; the host's id alone where it is the machine. */
  id: z.string(),
  hostId: hostIdSchema,
  /** Null: the host itself. */
  vmId: vmIdSchema.nullable(),
  name: z.string(),
  /** Names the version that is there now: another change gives another one. */
  revision: z.string(),
  /** When the version that was known was read, and when the other one was first seen; milliseconds since the epoch. */
  knownAt: z.number(),
  noticedAt: z.number(),
  /** What is read of a definition and differs (`now`: as it was known, `next`: as it is there); its text may differ in more. */
  changes: z.array(pendingChangeSchema),
  /** The host's UUID as libvirt told it when the host was added, and as it tells it now; null for a VM. */
  machine: z.object({ known: z.string(), now: z.string() }).nullable(),
})
export type Drift = z.infer<typeof driftSchema>

/** One of the two versions of a definition. */
export const driftVersionSchema = z.object({
  /** `known`: as Virtdeck knew it; `now`: as it is on the host. */
  id: z.enum(['known', 'now']),
  /** Secrets left out; null: it was too long to be kept beside the other. */
  xml: z.string().nullable(),
  readAt: z.number(),
})
