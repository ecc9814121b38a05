import { type LunUse, lunIdSchema } from '../../../../shared/domain/index.ts'
import { printable } from '../root-script.ts'

/** A LUN as one host sees it. */
export interface HostLun {
  readonly lunId: string
  readonly device: string
  readonly sizeBytes: number
  readonly vendor: string
  readonly model: string
  readonly use: LunUse
}

export interface LunScan {
  readonly luns: readonly HostLun[]
  /** Without it what LVM has on them is not known by its name. */
  readonly hasLvm: boolean
}

/** Reads what `SCAN_LUNS` and `SCAN_GROUPS` print. What does not look like it is left out. Pure. */
export function parseLunScan(output: string): LunScan {
  const lines = output.split('\n').map((line) => line.split('\t'))
  const groups = new Map<string, string>()
  for (const [kind, device = '', group = ''] of lines) if (kind === 'pv') groups.set(device, group)
  const luns = lines.flatMap(
    ([kind, lunId, device = '', size = '', vendor = '', model = '', type = '', table = '', holder = '']) => {
      if (kind !== 'lun' || !lunIdSchema.safeParse(lunId).success || !/^\d{1,16}$/.test(size)) return []
      const group = groups.get(device) ?? ''
      return [
        {
          lunId: lunId ?? '',
          device: printable(device),
          sizeBytes: Number(size),
          vendor: printable(vendor),
          model: printable(model),
          use: decideUse({ type, table, holder: holder.trim(), group }),
        },
      ]
    },
  )
  return { luns, hasLvm: !lines.some(([word]) => word === 'no-lvm') }
}

/** What is on a LUN, by what blkid and LVM find there. A LUN is free only where nothing at all is found. Pure. */
export function decideUse(found: {
  readonly type: string
  readonly table: string
  readonly holder: string
  readonly group: string
}): LunUse {
  const { type, table, holder, group } = found
  if (group !== '') return { kind: 'volume-group', name: printable(group) }
  if (type === 'LVM2_member') return { kind: 'physical-volume', name: null }
  if (type !== '') return { kind: 'file-system', name: printable(type) }
  if (table !== '') return { kind: 'partitions', name: table === 'found' ? null : printable(table) }
  if (holder !== '') return { kind: 'device', name: printable(holder) }
  return { kind: 'free', name: null }
}
