import { isBlockStorage, lunPathOf, type VmId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { childIn, childrenIn, parseEditable } from '../../xml/index.ts'

/**
 * May a machine have that LUN whole, by what is known without asking hosts? Null: yes. `mayShare`: it is to be shareable, or only read; whether those
 * that have it share it too, {@link sharesPath} says of their definitions. Pure.
 */
export function decideLun(
  model: ModelSnapshot,
  lunId: string,
  { vmId, mayShare }: { readonly vmId: VmId; readonly mayShare: boolean },
): AppError | null {
  const path = lunPathOf(lunId)
  if (path === null) return new AppError('vm.lun-unnameable', { lunId })
  for (const { name, storage } of model.storageDomains.values()) {
    if (isBlockStorage(storage) && storage.lunIds.includes(lunId)) {
      return new AppError('vm.lun-of-domain', { lunId, name })
    }
  }
  for (const { id, name, disks } of model.vms.values()) {
    const own = disks.find(({ source }) => source === path)
    if (own === undefined) continue
    if (id === vmId) return new AppError('vm.disk-twice', { alias: lunId })
    if (!mayShare) return new AppError('vm.lun-taken', { lunId, otherName: name })
  }
  return null
}

/** Does a definition have the disk with that path as shareable, or to be read only? Throws XmlError. Pure. */
export function sharesPath(xml: string, path: string): boolean {
  const devices = childIn(parseEditable(xml).root, 'devices')
  return childrenIn(devices, 'disk')
    .filter((disk) => childIn(disk, 'source')?.attributes.dev === path)
    .every((disk) => childIn(disk, 'shareable') !== null || childIn(disk, 'readonly') !== null)
}
