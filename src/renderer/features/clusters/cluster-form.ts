import { z } from 'zod'
import type { CommandInput } from '../../../shared/contract/index.ts'
import {
  type Cluster,
  type ClusterSettings,
  type ClusterSettingsChanges,
  type DatacenterId,
  defaultClusterSettings,
  macRangeSchema,
  macRangesOverlap,
} from '../../../shared/domain/index.ts'
import type { ErrorCode, WireError } from '../../../shared/errors/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const LIBVIRT_NAME = /^[A-Za-z0-9_.+-]{0,64}$/

/** The fields of the dialogs, as a person fills them in. Empty: the default. Messages are catalog keys. */
export const clusterFormSchema = z
  .object({
    name: z.string().trim().min(1, 'clusters:form.nameMissing').max(64, 'clusters:form.tooLong'),
    datacenterId: z.string().min(1, 'clusters:form.datacenterMissing'),
    description: z.string().trim().max(4_096, 'clusters:form.tooLong'),
    cpuModel: z.string().trim().regex(LIBVIRT_NAME, 'clusters:form.notLibvirtName'),
    memoryOvercommitPercent: z.enum(['100', '150', '200']),
    ksm: z.enum(['off', 'across-numa-nodes', 'within-numa-nodes']),
    ballooning: z.enum(['on', 'off']),
    migrationPolicy: z.enum(['minimal-downtime', 'suspend-if-needed', 'post-copy', 'very-large-vms']),
    diskAllocation: z.enum(['thin', 'preallocated']),
    machineType: z.string().trim().regex(LIBVIRT_NAME, 'clusters:form.notLibvirtName'),
    firmware: z.enum(['auto', 'bios', 'uefi', 'uefi-secure-boot']),
    consoleType: z.enum(['vnc', 'spice', 'headless']),
    macFrom: z.string().trim(),
    macTo: z.string().trim(),
  })
  .superRefine(({ macFrom, macTo }, context) => {
    if (macFrom === '' && macTo === '') return
    for (const problem of findMacProblems(macFrom, macTo)) context.addIssue({ code: 'custom', ...problem })
  })
export type ClusterForm = z.infer<typeof clusterFormSchema>

/** What is wrong with a range of addresses, and at which field. Pure. */
function findMacProblems(from: string, to: string): readonly { path: (keyof ClusterForm)[]; message: string }[] {
  const result = macRangeSchema.safeParse({ from, to })
  if (result.success) return []
  return result.error.issues.map(({ code, path }) => {
    const isFrom = path[0] === 'from'
    const wrong = code !== 'custom'
    return {
      path: [isFrom ? 'macFrom' : 'macTo'],
      message: wrong ? 'clusters:form.macWrong' : isFrom ? 'clusters:form.macMulticast' : 'clusters:form.macOrder',
    }
  })
}

/** The form of a new cluster. Without a MAC range it gets a free block. */
export function emptyClusterForm(datacenterId: DatacenterId | null): ClusterForm {
  return {
    ...formOfSettings({ ...defaultClusterSettings, macRange: { from: '', to: '' } }),
    name: '',
    datacenterId: datacenterId ?? '',
  }
}

/** The form of a cluster that is there. Pure. */
export function formOfCluster({
  name,
  datacenterId,
  settings,
}: Pick<Cluster, 'name' | 'datacenterId' | 'settings'>): ClusterForm {
  return { ...formOfSettings(settings), name, datacenterId }
}

function formOfSettings(settings: ClusterSettings): Omit<ClusterForm, 'name' | 'datacenterId'> {
  return {
    description: settings.description,
    cpuModel: settings.cpuModel ?? '',
    memoryOvercommitPercent: `${settings.memoryOvercommitPercent}`,
    ksm: settings.ksm,
    ballooning: settings.ballooning ? 'on' : 'off',
    migrationPolicy: settings.migrationPolicy,
    diskAllocation: settings.diskAllocation,
    machineType: settings.machineType === 'auto' ? '' : settings.machineType,
    firmware: settings.firmware,
    consoleType: settings.consoleType,
    macFrom: settings.macRange.from,
    macTo: settings.macRange.to,
  }
}

/** A filled form as settings; the MAC range is left out where none was typed. Pure. */
export function settingsOfForm(
  form: ClusterForm,
): Omit<ClusterSettings, 'macRange'> & Partial<Pick<ClusterSettings, 'macRange'>> {
  const macRange = macRangeSchema.safeParse({ from: form.macFrom, to: form.macTo })
  return {
    description: form.description.trim(),
    cpuModel: form.cpuModel.trim() === '' ? null : form.cpuModel.trim(),
    memoryOvercommitPercent: Number(form.memoryOvercommitPercent) as ClusterSettings['memoryOvercommitPercent'],
    ksm: form.ksm,
    ballooning: form.ballooning === 'on',
    migrationPolicy: form.migrationPolicy,
    diskAllocation: form.diskAllocation,
    machineType: form.machineType.trim() === '' ? 'auto' : form.machineType.trim(),
    firmware: form.firmware,
    consoleType: form.consoleType,
    ...(macRange.success ? { macRange: macRange.data } : {}),
  }
}

/** The settings of a form that differ from others. Pure. */
export function changedSettings(form: ClusterForm, from: Partial<ClusterSettings>): ClusterSettingsChanges {
  const own = settingsOfForm(form)
  return Object.fromEntries(
    Object.entries(own).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(from[name as keyof ClusterSettings]),
    ),
  )
}

/** A filled form as the input of cluster.create: only what is not the default is sent. Pure. */
export function toCreate(form: ClusterForm): CommandInput<'cluster.create'> {
  return {
    datacenterId: form.datacenterId,
    name: form.name.trim(),
    ...changedSettings(form, defaultClusterSettings),
  }
}

/** What differs between a cluster and its filled form, as the input of cluster.edit. Pure. */
export function toEdit(
  cluster: Pick<Cluster, 'id' | 'name' | 'settings'>,
  form: ClusterForm,
): CommandInput<'cluster.edit'> {
  const name = form.name.trim()
  return {
    clusterId: cluster.id,
    ...(name === cluster.name ? {} : { name }),
    ...changedSettings(form, cluster.settings),
  }
}

/** The names of the other clusters that could give the same MAC addresses as a filled form. Pure. */
export function findSharedRanges(
  form: Pick<ClusterForm, 'macFrom' | 'macTo'>,
  others: Iterable<Pick<Cluster, 'name' | 'settings'>>,
): readonly string[] {
  const range = macRangeSchema.safeParse({ from: form.macFrom, to: form.macTo })
  if (!range.success) return []
  return [...others].filter(({ settings }) => macRangesOverlap(settings.macRange, range.data)).map(({ name }) => name)
}

const FIELD_OF: Partial<Record<ErrorCode, keyof ClusterForm>> = {
  'cluster.name-taken': 'name',
  'cluster.cpu-model-unknown': 'cpuModel',
  'cluster.cpu-above-hosts': 'cpuModel',
  'cluster.no-mac-range': 'macFrom',
  'datacenter.not-found': 'datacenterId',
}

/** The field at which an error should stand; null when it belongs to none. Pure. */
export function fieldOfError({ code }: Pick<WireError, 'code'>): keyof ClusterForm | null {
  return FIELD_OF[code] ?? null
}
