import type { LunUse, StorageDomainId } from '../../../../shared/domain/index.ts'
import { lunIdSchema, storageDomainIdSchema } from '../../../../shared/domain/index.ts'
import { printable } from '../root-script.ts'

/** A LUN as one host sees it. */
export interface HostLun {
  readonly lunId: string
  readonly device: string
  readonly sizeBytes: number
  readonly vendor: string
  readonly model: string
  readonly use: LunUse
  /** Of the storage domain whose volume group lies on it. */
  readonly storageDomainId: StorageDomainId | null
  /** LUNs that its volume group lacks here. */
  readonly missingCount: number
}

export interface LunScan {
  readonly luns: readonly HostLun[]
  readonly hasLvm: boolean
}

interface Group {
  readonly name: string
  readonly tags: readonly string[]
  readonly missingCount: number
}

/** Reads what `SCAN_LUNS` and `SCAN_GROUPS` print. What does not look like it is left out. Pure. */
export function parseLunScan(output: string): LunScan {
  const lines = output.split('\n').map((line) => line.split('\t'))
  const groups = new Map<string, Group>()
  for (const [kind, device = '', name = '', tags = '', , missing = ''] of lines) {
    if (kind === 'pv') groups.set(device, { name, tags: tags.split(','), missingCount: Number(missing) || 0 })
  }
  const luns = lines.flatMap(
    ([kind, lunId, device = '', size = '', vendor = '', model = '', type = '', table = '', holder = '']) => {
      if (kind !== 'lun' || !lunIdSchema.safeParse(lunId).success || !/^\d{1,16}$/.test(size)) return []
      const group = groups.get(device) ?? null
      const storageDomainId = domainOf(group)
      return [
        {
          lunId: lunId ?? '',
          device: printable(device),
          sizeBytes: Number(size),
          vendor: printable(vendor),
          model: printable(model),
          use: decideUse({ type, table, holder: holder.trim(), group, storageDomainId }),
          storageDomainId,
          missingCount: group?.missingCount ?? 0,
        },
      ]
    },
  )
  return { luns, hasLvm: !lines.some(([word]) => word === 'no-lvm') }
}

function domainOf(group: Group | null): StorageDomainId | null {
  const tag = group?.tags.find((word) => word.startsWith('virtdeck.id='))
  const parsed = storageDomainIdSchema.safeParse(tag?.slice('virtdeck.id='.length))
  return parsed.success ? parsed.data : null
}

/** What is on a LUN, by what blkid and LVM find there. A LUN is free only where nothing at all is found. Pure. */
export function decideUse(found: {
  readonly type: string
  readonly table: string
  readonly holder: string
  readonly group: Group | null
  readonly storageDomainId: StorageDomainId | null
}): LunUse {
  const { type, table, holder, group, storageDomainId } = found
  if (storageDomainId !== null) return { kind: 'domain', name: storageDomainId }
  if (group !== null && group.name !== '') return { kind: 'volume-group', name: printable(group.name) }
  if (type === 'LVM2_member') return { kind: 'physical-volume', name: null }
  if (type !== '') return { kind: 'file-system', name: printable(type) }
  if (table !== '') return { kind: 'partitions', name: table === 'found' ? null : printable(table) }
  if (holder !== '') return { kind: 'device', name: printable(holder) }
  return { kind: 'free', name: null }
}
