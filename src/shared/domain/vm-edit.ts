import { z } from 'zod'
import type { Vm } from './vm.ts'
import {
  bootDeviceSchema,
  bootOrderSchema,
  memoryMiBSchema,
  vcpusSchema,
  vmDescriptionSchema,
  vmFirmwareSchema,
  vmGraphicsKindSchema,
  vmNameSchema,
  vmTitleSchema,
  vmTopologySchema,
  vmVideoSchema,
} from './vm-create.ts'

/** What of a VM's definition can be set by itself. What is left out stays as it is. */
export const vmDefinitionEditSchema = z.strictObject({
  title: vmTitleSchema.optional(),
  description: vmDescriptionSchema.optional(),
  /** One whose maximum is no other keeps it so: the maximum goes along. */
  memoryMiB: memoryMiBSchema.optional(),
  maxMemoryMiB: memoryMiBSchema.optional(),
  /** As with memory. Where sockets, cores and threads are set, the number of sockets goes along. */
  vcpus: vcpusSchema.optional(),
  maxVcpus: vcpusSchema.optional(),
  /** Null: as QEMU sees fit. */
  topology: vmTopologySchema.nullable().optional(),
  boot: bootOrderSchema.optional(),
  bootMenu: z.boolean().optional(),
  /** Only while it is down. */
  firmware: vmFirmwareSchema.optional(),
  graphics: vmGraphicsKindSchema.optional(),
  video: vmVideoSchema.optional(),
})
export type VmDefinitionEdit = z.output<typeof vmDefinitionEditSchema>

export const vmEditSchema = vmDefinitionEditSchema.extend({
  /** Only while it is down. */
  name: vmNameSchema.optional(),
  autostart: z.boolean().optional(),
  /** The revision (of `vm.settings`) that it was decided on; another one meanwhile refuses it, and says what changed. */
  revision: z.string().max(64).optional(),
  /** False: a VM that runs stays as it is until its next start. */
  applyNow: z.boolean().default(true),
})

/** What `vm.edit` can set, as the stored definition has it. */
export const vmSettingsSchema = z.object({
  id: z.literal('settings'),
  revision: z.string(),
  title: z.string(),
  description: z.string(),
  memoryKiB: z.number(),
  maxMemoryKiB: z.number(),
  vcpus: z.number().int(),
  maxVcpus: z.number().int(),
  topology: z.object({ sockets: z.number(), cores: z.number(), threads: z.number() }).nullable(),
  boot: z.array(bootDeviceSchema),
  bootMenu: z.boolean(),
  /** Null: one of its own, as other architectures have it. */
  firmware: vmFirmwareSchema.nullable(),
  /** Null: several, or one of another kind. */
  graphics: vmGraphicsKindSchema.nullable(),
  /** As libvirt calls the model. */
  video: z.string(),
})
export type VmSettings = z.infer<typeof vmSettingsSchema>

/** A setting as `vm.edit` is given it. */
export type VmEditField = Exclude<keyof z.output<typeof vmEditSchema>, 'revision' | 'applyNow'>

/**
 * Which of the settings that are given a running VM takes at once, and which wait for its next start. What it runs with already is in
 * neither. Pure.
 */
export function decideHotFields(
  edit: Omit<z.output<typeof vmEditSchema>, 'revision' | 'applyNow'>,
  running: Pick<
    Vm,
    'name' | 'title' | 'description' | 'memoryKiB' | 'maxMemoryKiB' | 'vcpus' | 'maxVcpus' | 'autostart'
  >,
): { readonly now: readonly VmEditField[]; readonly later: readonly VmEditField[] } {
  const now: VmEditField[] = []
  const later: VmEditField[] = []
  for (const [field, value] of Object.entries(edit) as [VmEditField, unknown][]) {
    if (value === undefined) continue
    switch (field) {
      case 'title':
      case 'description':
        if (value !== (running[field] ?? '')) now.push(field)
        break
      case 'autostart':
      case 'name':
        if (value !== running[field]) now.push(field)
        break
      case 'memoryMiB': {
        const kib = Number(value) * 1024
        if (kib !== running.memoryKiB) (kib <= running.maxMemoryKiB ? now : later).push(field)
        break
      }
      case 'vcpus':
        if (value !== running.vcpus) (Number(value) <= running.maxVcpus ? now : later).push(field)
        break
      default:
        later.push(field)
    }
  }
  return { now, later }
}
