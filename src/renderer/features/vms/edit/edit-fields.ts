import type { TFunction } from 'i18next'
import type { VmEditForm } from './vm-edit-form.ts'

/** What the fields are called, in the order of the pages. */
export const LABELS = {
  name: 'newvm:label.name',
  title: 'newvm:label.title',
  description: 'newvm:label.description',
  autostart: 'vms:edit.autostart',
  memory: 'newvm:label.memory',
  maxMemory: 'newvm:label.maxMemory',
  vcpus: 'newvm:label.vcpus',
  maxVcpus: 'newvm:label.maxVcpus',
  sockets: 'newvm:label.sockets',
  cores: 'newvm:label.cores',
  threads: 'newvm:label.threads',
  firmware: 'newvm:label.firmware',
  boot: 'newvm:label.bootOrder',
  bootMenu: 'newvm:label.bootMenu',
  graphics: 'newvm:label.graphics',
  video: 'newvm:label.video',
} as const satisfies Partial<Record<keyof VmEditForm, string>>

/** "disk,cdrom" as a person reads it. Pure. */
export function writeBootOrder(order: string, t: TFunction): string {
  if (order === '') return '—'
  return order
    .split(',')
    .map((device) => t(`newvm:boot.${device}`))
    .join(' → ')
}

/** A field's value in words. Pure. */
export function writeValue(field: keyof typeof LABELS, value: string | boolean, t: TFunction): string {
  if (typeof value === 'boolean') return t(value ? 'clusters:value.on' : 'clusters:value.off')
  if (field === 'boot') return writeBootOrder(value, t)
  if (field === 'firmware' && value !== '') return t(`newvm:firmware.${value}`)
  return value === '' ? '—' : value
}
