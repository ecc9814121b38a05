import { z } from 'zod'
import { hostDeviceSpecSchema, memoryMiBSchema, watchdogSpecSchema } from './vm-create.ts'

/** What is plugged into a guest's memory comes in blocks of this size, MiB: Linux on x86 takes no smaller ones. */
export const MEMORY_BLOCK_MIB = 128

/** How much of a `virtio-mem` a guest is given, MiB. */
export const memoryRequestSchema = z.number().int().min(0).multipleOf(MEMORY_BLOCK_MIB)

/** A device that a VM is given while it is there, other than a disk or a network card. */
export const vmDeviceSpecSchema = z.union([
  z.strictObject({
    memory: z
      .strictObject({
        sizeMiB: memoryMiBSchema.multipleOf(MEMORY_BLOCK_MIB),
        /** `virtio-mem`: the guest is given as much of it as is asked for at the time, and gives it back. */
        model: z.enum(['dimm', 'virtio-mem']).default('dimm'),
        /** Of a `virtio-mem`, how much the guest is given of it at first. Default: all. */
        requestedMiB: memoryRequestSchema.optional(),
      })
      .refine(({ sizeMiB, requestedMiB = sizeMiB }) => requestedMiB <= sizeMiB, {
        path: ['requestedMiB'],
        message: 'no more than sizeMiB',
      }),
  }),
  z.strictObject({ watchdog: watchdogSpecSchema }),
  /** Random numbers of the host; null: as much as the guest likes. */
  z.strictObject({ rng: z.strictObject({ bytesPerSecond: z.number().int().min(1).max(1_000_000_000).nullable() }) }),
  /** A USB device of who looks at the screen (SPICE). */
  z.strictObject({ usbRedirection: z.literal(true) }),
  z.strictObject({ host: hostDeviceSpecSchema }),
])
export type VmDeviceSpec = z.output<typeof vmDeviceSpecSchema>

/** What such a device is called: "rng:virtio:/dev/urandom"; of several alike the second is "…~2". */
export const vmDeviceNameSchema = z.string().min(1).max(300)

/** A device that can be plugged in or out, as a VM has it. */
export const vmDeviceSchema = z.object({
  id: vmDeviceNameSchema,
  kind: z.enum(['memory', 'watchdog', 'rng', 'usb-redirection', 'usb', 'pci', 'mediated', 'host']),
  /** "dimm", "i6300esb", "virtio"; of a device of the host its address, its numbers or its UUID. */
  model: z.string(),
  /** What a watchdog does, where random numbers come from; empty where there is nothing to add. */
  detail: z.string(),
  /** Of memory, MiB. */
  sizeMiB: z.number().nullable(),
  /** Of memory that is given in parts: how much is asked for, MiB. */
  requestedMiB: z.number().nullable(),
  /** Whether the machine has it now; false while it does not run. */
  isRunning: z.boolean(),
  /** Whether it has it at its next start. */
  isStored: z.boolean(),
})
export type VmDevice = z.infer<typeof vmDeviceSchema>
