import { z } from 'zod'
import { vmIdSchema } from './ids.ts'

/** A person's word that a host is to run no VMs: since when, whose, and why. */
export const hostMaintenanceSchema = z.object({
  since: z.number(),
  user: z.string(),
  reason: z.string().nullable(),
  /** Running VMs that were to be moved away by it. */
  movedVmIds: z.array(vmIdSchema).optional(),
})
export type HostMaintenance = z.infer<typeof hostMaintenanceSchema>

/** A reboot or shutdown that was asked for, until the host is seen to have done it. */
export const hostPowerSchema = z.object({
  action: z.enum(['reboot', 'shutdown']),
  since: z.number(),
  user: z.string(),
})
export type HostPower = z.infer<typeof hostPowerSchema>

/** A reboot or shutdown that was asked for, with what tells later whether it happened. */
export interface HostPowerWish extends HostPower {
  /** Names one run of the host at the moment of asking; null: it could not be read. */
  readonly bootId: string | null
}

/** What persons wish of a host. It is all that is stored of a host's status: the rest is what is seen of the host. */
export interface HostWish {
  readonly maintenance: HostMaintenance | null
  readonly power: HostPowerWish | null
}
