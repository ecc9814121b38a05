import { type HostId, type Lun, type LunUse, lunPathOf, type Vm } from '../../../shared/domain/index.ts'
import { isAppError, toWireError, type WireError } from '../../../shared/errors/index.ts'
import type { InstantHandler } from '../../engine/index.ts'
import { mapLimit } from '../../hosts/index.ts'
import { type HostLun, scanLuns } from '../on-host/block/index.ts'
import { storageHostsOf } from '../rules.ts'
import { connectedLink, type StorageCommandDependencies } from './dependencies.ts'
import { datacenterSubject, decideAnyHost } from './discover-targets.ts'

const TIMEOUT_MS = 5 * 60_000
const HOSTS_AT_ONCE = 8

/** What one host sees. */
export interface SeenLuns {
  readonly hostId: HostId
  readonly luns: readonly HostLun[]
}

/** Lists the LUNs that the hosts of a datacenter see. */
export function createStorageListLuns({
  registry,
}: Pick<StorageCommandDependencies, 'registry'>): InstantHandler<'storage.list-luns'> {
  return {
    name: 'storage.list-luns',
    subject: datacenterSubject,
    validate: decideAnyHost,
    auditParams: ({ targets }) => ({ targets: targets.map(({ target }) => target).join(', ') }),
    timeoutMs: TIMEOUT_MS,
    execute: async ({ input: { datacenterId, ...access }, model, signal }) => {
      const seen: SeenLuns[] = []
      const failures: { hostId: HostId; hostName: string; error: WireError }[] = []
      await mapLimit(storageHostsOf(model(), datacenterId), HOSTS_AT_ONCE, async ({ id: hostId, name: hostName }) => {
        try {
          const link = await connectedLink(registry, hostId, signal)
          seen.push({ hostId, luns: (await scanLuns(link, access, { signal })).luns })
        } catch (error) {
          if (!isAppError(error) || signal.aborted) throw error
          failures.push({ hostId, hostName, error: toWireError(error) })
        }
      })
      return { luns: mergeLuns(seen, model().vms.values()), failures }
    },
  }
}

/** One list of what several hosts see, by id. What is in use on one of them is in use; so is what a machine has whole. Pure. */
export function mergeLuns(seen: readonly SeenLuns[], vms: Iterable<Pick<Vm, 'name' | 'disks'>> = []): Lun[] {
  const users = new Map([...vms].flatMap(({ name, disks }) => disks.map(({ source }) => [source, name] as const)))
  const merged = new Map<string, Lun>()
  for (const { hostId, luns } of seen) {
    for (const { lunId, device, sizeBytes, vendor, model, use, storageDomainId } of luns) {
      const before = merged.get(lunId)
      merged.set(lunId, {
        lunId,
        sizeBytes: before?.sizeBytes ?? sizeBytes,
        vendor,
        model,
        use: before === undefined || before.use.kind === 'free' ? usedAs(lunId, use) : before.use,
        storageDomainId: before?.storageDomainId ?? storageDomainId,
        hosts: [...(before?.hosts ?? []), { hostId, device, sizeBytes }],
        onAllHosts: false,
      })
    }
  }
  return [...merged.values()]
    .map((lun) => ({
      ...lun,
      onAllHosts: lun.hosts.length === seen.length && lun.hosts.every(({ sizeBytes }) => sizeBytes === lun.sizeBytes),
    }))
    .sort((one, other) => (one.lunId < other.lunId ? -1 : 1))

  function usedAs(lunId: string, use: LunUse): LunUse {
    const user = users.get(lunPathOf(lunId))
    return user === undefined ? use : { kind: 'machine', name: user }
  }
}
