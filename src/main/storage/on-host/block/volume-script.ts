import type { StorageDomain } from '../../../../shared/domain/index.ts'
import { isBlockStorage } from '../../../../shared/domain/index.ts'
import { findDevices, LUN_FUNCTIONS } from './lun-script.ts'
import { groupOf, LVM_FUNCTION, METADATA_VOLUME, metadataFolderOf, requireGroup } from './lvm-script.ts'

type Domain = Pick<StorageDomain, 'id' | 'storage'>

/** Of a domain on LUNs, what scripts about its volumes begin with: `lv` runs LVM, `vg` is its group. Null: it lies in a folder. Pure. */
export interface VolumeGroup {
  /** For what writes: only on the host that has the domain's own data mounted, which no two have at once. */
  readonly manage: string
  /** For what reads, or uses a volume. */
  readonly use: string
  /** That is no disk. */
  readonly metadataVolume: string
}

export function volumeGroupOf({ id, storage }: Domain): VolumeGroup | null {
  if (!isBlockStorage(storage)) return null
  const folder = metadataFolderOf({ id })
  const use = [LUN_FUNCTIONS, findDevices(storage.lunIds), LVM_FUNCTION, requireGroup({ id })].join('\n')
  const elsewhere = `echo "${groupOf(id)} is not mounted here" >&2; exit 1`
  return {
    use,
    manage: `mountpoint -q ${folder} || { ${elsewhere}; }\n${use}`,
    metadataVolume: METADATA_VOLUME,
  }
}
