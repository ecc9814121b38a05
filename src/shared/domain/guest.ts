import { z } from 'zod'

/** What the agent in a guest says of its system. All of it is the guest's own word. */
export const vmGuestSchema = z.object({
  id: z.literal('guest'),
  hostName: z.string().nullable(),
  /** "Debian GNU/Linux 12 (bookworm)". */
  system: z.string().nullable(),
  kernel: z.string().nullable(),
  timeZone: z.string().nullable(),
  /** Who is signed in; null: the agent does not say. */
  users: z.array(z.object({ name: z.string(), since: z.number().nullable() })).nullable(),
  fileSystems: z
    .array(
      z.object({
        mountPoint: z.string(),
        type: z.string(),
        totalBytes: z.number().nullable(),
        usedBytes: z.number().nullable(),
      }),
    )
    .nullable(),
})
export type VmGuest = z.infer<typeof vmGuestSchema>
