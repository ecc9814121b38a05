import { z } from 'zod'

/** What the shell tells a client of itself. One entity, id `session`. */
export const sessionSchema = z.object({
  id: z.literal('session'),
  user: z.string(),
  role: z.string(),
  shell: z.enum(['electron', 'server']),
  version: z.string(),
  dataDir: z.string(),
  /** This computer's libvirt socket, when there is one that could be added. */
  localSocket: z.string().nullable(),
  /** True where a signed-in browser can sign out. */
  canSignOut: z.boolean(),
  /** True where all hosts are only simulated: the demo. */
  isSimulated: z.boolean(),
})
export type Session = z.infer<typeof sessionSchema>
