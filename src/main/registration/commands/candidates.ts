import { AppError } from '../../../shared/errors/index.ts'
import type { InstantHandler } from '../../engine/index.ts'
import { domainSubject } from '../../storage/index.ts'
import type { RegistrationDependencies } from '../dependencies.ts'
import { findUsableDomain, placeOf, readDescribed } from '../rules.ts'

const TIMEOUT_MS = 2 * 60_000

/** What a domain describes and nobody has registered: machines, and disks whose files are there. */
export function createStorageCandidates({
  contents,
}: Pick<RegistrationDependencies, 'contents'>): InstantHandler<'storage.candidates'> {
  return {
    name: 'storage.candidates',
    subject: domainSubject,
    validate: (model, { storageDomainId }) => {
      const domain = findUsableDomain(model, storageDomainId)
      return domain instanceof AppError ? domain : null
    },
    timeoutMs: TIMEOUT_MS,
    execute: async ({ input: { storageDomainId }, model, signal }) => {
      const [vms, disks] = await Promise.all([
        contents.fetchVms(storageDomainId, signal),
        contents.fetchDisks(storageDomainId, signal),
      ])
      const now = model()
      const domain = findUsableDomain(now, storageDomainId)
      if (domain instanceof AppError) throw domain
      const found = now.disks.where('storageDomainId', storageDomainId).filter(({ registered }) => !registered)
      return {
        vms: vms
          .filter(({ id }) => !now.vms.has(id))
          .map((vm) => {
            const read = readDescribed(vm, placeOf(now, domain, vm.folder))
            const { name = vm.id, description = null, vcpus = null, memoryKiB = null } = read?.definition ?? {}
            const { disks: paths = [], unfit = ['xml'] } = read?.registrable ?? {}
            const { id: vmId, clusterName } = vm
            return { vmId, name, description, clusterName, vcpus, memoryKiB, disks: [...paths], unfit: [...unfit] }
          }),
        disks: disks.flatMap(({ id: diskId, alias, description, fileName }) => {
          const file = found.find((disk) => disk.fileName === fileName)
          if (file === undefined) return []
          return [{ diskId, alias, description, fileName, virtualBytes: file.virtualBytes }]
        }),
      }
    },
  }
}
