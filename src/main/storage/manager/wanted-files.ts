import type { Disk, StorageDomainId, Vm, VmDisk } from '../../../shared/domain/index.ts'
import { isWithin } from '../on-host/mount-table.ts'
import type { WantedFile } from './definition-writer.ts'

/** A VM as it is written into domains. `xml`: its definition as last read. */
export interface VmToWrite {
  readonly vm: Pick<Vm, 'id' | 'name' | 'description'> & {
    readonly disks: readonly Pick<VmDisk, 'device' | 'sourceType' | 'source'>[]
  }
  readonly clusterName: string | null
  readonly xml: string
}

export interface DomainToWrite {
  readonly id: StorageDomainId
  readonly poolName: string
  readonly targetPath: string
  readonly isMaster: boolean
}

/** Of `vms/<uuid>.json`. */
export const VM_FILE_FORMAT = 1

/**
 * The VMs whose definitions belong into a domain: those with a disk in it; into the master also those without any disk, so that each VM is
 * in some domain. Pure.
 */
export function belongsInto({ poolName, targetPath, isMaster }: DomainToWrite, vm: VmToWrite['vm']): boolean {
  // A medium in a drive is no part of a machine.
  const sources = vm.disks.filter(({ device, source }) => (device === 'disk' || device === 'lun') && source !== null)
  if (sources.length === 0) return isMaster
  return sources.some(({ sourceType, source }) => {
    if (source === null) return false
    return sourceType === 'volume' ? source.startsWith(`${poolName}/`) : isWithin(source, targetPath)
  })
}

/** All files that a domain should have, but for its descriptor. Pure. */
export function decideWantedFiles(
  domain: DomainToWrite,
  vms: readonly VmToWrite[],
  disks: readonly Disk[],
): WantedFile[] {
  const ofVms = vms
    .filter(({ vm }) => belongsInto(domain, vm))
    .flatMap(({ vm, clusterName, xml }): WantedFile[] => {
      const { id, name, description } = vm
      const json = { format: VM_FILE_FORMAT, id, name, description, clusterName, folder: domain.targetPath }
      return [
        { folder: 'vms', fileName: `${id}.xml`, text: xml },
        { folder: 'vms', fileName: `${id}.json`, text: `${JSON.stringify(json, null, 2)}\n` },
      ]
    })
  const ofDisks = disks
    .filter(({ storageDomainId, registered }) => storageDomainId === domain.id && registered)
    .map(({ id, fileName, alias, description, kind, shareable, readOnly, discard }): WantedFile => {
      const json = { format: VM_FILE_FORMAT, id, fileName, alias, description, kind, shareable, readOnly, discard }
      return { folder: 'disks', fileName: `${id}.json`, text: `${JSON.stringify(json, null, 2)}\n` }
    })
  return [...ofVms, ...ofDisks]
}
