import type { TFunction } from 'i18next'
import type { Disk, DiskFormat } from '../../../shared/domain/index.ts'
import type { Tone } from '../../components/StatusMark.tsx'

const TONES: Readonly<Record<Disk['status'], Tone>> = { ok: 'ok', locked: 'moving', illegal: 'bad' }

/** All of them. */
export const DISK_STATUSES: readonly string[] = Object.keys(TONES)

const FORMAT_NAMES: Readonly<Record<Exclude<DiskFormat, 'unknown'>, string>> = {
  raw: 'raw',
  qcow2: 'qcow2',
  iso: 'ISO',
  vmdk: 'VMDK',
  vhdx: 'VHDX',
  vpc: 'VHD',
}

/** All of them. */
export const DISK_FORMATS: readonly string[] = [...Object.keys(FORMAT_NAMES), 'unknown']

/** The mark of a disk: its status; what nobody registered is marked until somebody says what it is. */
export function diskTone({ status, registered }: Pick<Disk, 'status' | 'registered'>): Tone {
  return status === 'ok' && !registered ? 'unknown' : TONES[status]
}

/** Its status in words. Pure. */
export function describeDisk(disk: Pick<Disk, 'status' | 'registered'>, t: TFunction): string {
  return disk.status === 'ok' && !disk.registered ? t('disks:status.orphan') : t(`disks:status.${disk.status}`)
}

/** A format as its people write it: "qcow2", "VHDX". Pure. */
export function describeFormat(format: DiskFormat, t: TFunction): string {
  return format === 'unknown' ? t('disks:format.unknown') : FORMAT_NAMES[format]
}
