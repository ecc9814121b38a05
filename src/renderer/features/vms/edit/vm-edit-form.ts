import { z } from 'zod'
import type { CommandInput } from '../../../../shared/contract/index.ts'
import type { Vm, VmDefinitionEdit, VmSettings } from '../../../../shared/domain/index.ts'
import type { ErrorCode, WireError } from '../../../../shared/errors/index.ts'
import { parseMemoryMiB, writeMemoryMiB } from '../create/memory-text.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const text = z.string().trim()
const count = text.regex(/^[1-9]\d{0,3}$/, 'newvm:wrong.vcpus')
const memory = text.refine((value) => parseMemoryMiB(value) !== null, 'newvm:wrong.memory')

/** The fields of the dialog, as a person fills them in. Messages are catalog keys. */
export const vmEditFormSchema = z
  .object({
    name: text.min(1, 'newvm:wrong.nameMissing'),
    title: text,
    description: text,
    memory,
    maxMemory: memory,
    vcpus: count,
    maxVcpus: count,
    /** All three empty: as QEMU sees fit. */
    sockets: text,
    cores: text,
    threads: text,
    /** Joined by commas. */
    boot: text,
    bootMenu: z.boolean(),
    /** Empty: one of its own. */
    firmware: z.enum(['', 'bios', 'uefi', 'uefi-secure']),
    graphics: z.enum(['', 'vnc', 'spice', 'none']),
    video: text,
    autostart: z.boolean(),
    /** What can be changed while it runs. */
    applyNow: z.boolean(),
  })
  .superRefine((form, context) => {
    const complain = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message })
    if (Number(form.maxVcpus) < Number(form.vcpus)) complain('maxVcpus', 'newvm:wrong.most')
    if ((parseMemoryMiB(form.maxMemory) ?? 0) < (parseMemoryMiB(form.memory) ?? 0))
      complain('maxMemory', 'newvm:wrong.most')
    const parts = [form.sockets, form.cores, form.threads]
    if (parts.every((part) => part === '')) return
    const product = parts.reduce((all, part) => all * Number(part), 1)
    if (product !== Number(form.maxVcpus)) complain('threads', 'newvm:wrong.topology')
  })
export type VmEditForm = z.output<typeof vmEditFormSchema>

/** What a machine has, as its dialog shows it. Pure. */
export function formOfSettings(settings: VmSettings, { name, autostart }: Pick<Vm, 'name' | 'autostart'>): VmEditForm {
  const { topology } = settings
  const written = (kib: number) => writeMemoryMiB(Math.ceil(kib / 1_024))
  return {
    name,
    title: settings.title,
    description: settings.description,
    memory: written(settings.memoryKiB),
    maxMemory: written(settings.maxMemoryKiB),
    vcpus: String(settings.vcpus),
    maxVcpus: String(settings.maxVcpus),
    sockets: topology === null ? '' : String(topology.sockets),
    cores: topology === null ? '' : String(topology.cores),
    threads: topology === null ? '' : String(topology.threads),
    boot: settings.boot.join(','),
    bootMenu: settings.bootMenu,
    firmware: settings.firmware ?? '',
    graphics: settings.graphics ?? '',
    video: settings.video,
    autostart,
    applyNow: true,
  }
}

/** What a person changed of what they saw, as `vm.edit` takes it. Pure. */
export function changesOf(before: VmEditForm, after: VmEditForm): Omit<CommandInput<'vm.edit'>, 'vmId'> {
  const changed = (...fields: readonly (keyof VmEditForm)[]) => fields.some((field) => before[field] !== after[field])
  const edit: Record<string, unknown> = {}
  for (const field of [
    'name',
    'title',
    'description',
    'bootMenu',
    'firmware',
    'graphics',
    'video',
    'autostart',
  ] as const) {
    if (changed(field) && after[field] !== '') edit[field] = after[field]
    if (changed(field) && (field === 'title' || field === 'description')) edit[field] = after[field]
  }
  // Sent together: what one is means nothing without the other.
  if (changed('memory', 'maxMemory')) {
    edit.memoryMiB = parseMemoryMiB(after.memory)
    edit.maxMemoryMiB = parseMemoryMiB(after.maxMemory)
  }
  if (changed('vcpus', 'maxVcpus')) {
    edit.vcpus = Number(after.vcpus)
    edit.maxVcpus = Number(after.maxVcpus)
  }
  if (changed('sockets', 'cores', 'threads')) {
    const [sockets, cores, threads] = [after.sockets, after.cores, after.threads].map(Number)
    edit.topology = after.sockets === '' ? null : { sockets, cores, threads }
  }
  if (changed('boot') && after.boot !== '') edit.boot = after.boot.split(',') as VmDefinitionEdit['boot']
  return { ...edit, ...(after.applyNow ? {} : { applyNow: false }) }
}

const FIELD_OF: Partial<Record<ErrorCode, keyof VmEditForm>> = {
  'vm.name-taken': 'name',
  'vm.topology-unfit': 'threads',
  'vm.firmware-unfit': 'firmware',
  'vm.lacks-device': 'boot',
}

/** The field at which an error should stand; null when it belongs to none. Pure. */
export function fieldOfError({ code, params }: Pick<WireError, 'code' | 'params'>): keyof VmEditForm | null {
  if (code === 'vm.maximum-too-small') return params.field === 'maxVcpus' ? 'maxVcpus' : 'maxMemory'
  if (code === 'vm.numa-cells') return params.field === 'vcpus' ? 'vcpus' : 'memory'
  if (code === 'vm.must-be-down') return params.field === 'firmware' ? 'firmware' : 'name'
  return FIELD_OF[code as ErrorCode] ?? null
}
