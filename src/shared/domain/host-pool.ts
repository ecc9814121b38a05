import { z } from 'zod'
import { storageDomainIdSchema, vmIdSchema } from './ids.ts'

/** A machine with a drive on a volume. */
export const volumeUserSchema = z.object({ vmId: vmIdSchema, name: z.string(), isRunning: z.boolean() })
export type VolumeUser = z.infer<typeof volumeUserSchema>

export const hostVolumeSchema = z.object({
  name: z.string(),
  path: z.string().nullable(),
  /** "qcow2", "raw", …; null where the pool does not tell. */
  format: z.string().nullable(),
  capacityBytes: z.number().nullable(),
  allocatedBytes: z.number().nullable(),
  /** Path of the image that it builds on. */
  backingPath: z.string().nullable(),
  usedBy: z.array(volumeUserSchema),
})
export type HostVolume = z.infer<typeof hostVolumeSchema>

/** A storage pool of one host's libvirt. Format: https://libvirt.org/formatstorage.html */
export const hostPoolSchema = z.object({
  /** libvirt's UUID. */
  id: z.string(),
  name: z.string(),
  /** "dir", "logical", "netfs", … */
  type: z.string(),
  isActive: z.boolean(),
  /** False: it is gone when it is stopped. */
  isPersistent: z.boolean(),
  autostart: z.boolean(),
  path: z.string().nullable(),
  /** Null while it is stopped. */
  capacityBytes: z.number().nullable(),
  availableBytes: z.number().nullable(),
  /** The storage domain whose pool it is: that is looked after there. */
  storageDomain: z.object({ id: storageDomainIdSchema, name: z.string() }).nullable(),
  /** As far as they are told; of a stopped pool none. */
  volumes: z.array(hostVolumeSchema),
  volumeCount: z.number().int(),
  asOf: z.number(),
})
export type HostPool = z.infer<typeof hostPoolSchema>
