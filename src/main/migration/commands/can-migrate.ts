import type { MigrationVerdict, Vm } from '../../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../../shared/errors/index.ts'
import type { InstantHandler, ModelSnapshot } from '../../engine/index.ts'
import type { HostLink } from '../../hosts/index.ts'
import { vmSubject } from '../../vm/index.ts'
import { askDestination, fetchNeeds } from '../ask-destination.ts'
import { decideVerdicts } from '../decide-migration.ts'
import { askForRoom, fetchCopies } from '../local-disks.ts'
import { splitLocalDisks } from './copy-disks.ts'
import type { MigrationDependencies } from './dependencies.ts'
import { askForStopped } from './move-stopped.ts'

type Input = { readonly vmId?: Vm['id'] | undefined; readonly vmIds?: readonly Vm['id'][] | undefined }

/** The verdicts of hosts on machines that want to come. A host that is named is asked itself, too. */
export function createCanMigrate({ hosts, sight }: MigrationDependencies): InstantHandler<'vm.can-migrate'> {
  return {
    name: 'vm.can-migrate',
    subject: (model, input) => {
      const [vmId] = idsOf(input)
      return vmId === undefined ? { kind: 'system', id: 'system', name: '' } : vmSubject(model, { vmId })
    },
    validate: (model, input) => {
      const ids = idsOf(input)
      if (ids.length === 0)
        return new AppError('command.input-invalid', {
          command: 'vm.can-migrate',
          issues: [{ path: 'vmIds', message: 'name at least one VM' }],
        })
      const missing = ids.find((vmId) => !model.vms.has(vmId))
      if (missing !== undefined) return new AppError('vm.not-found', { vmId: missing })
      const { hostId } = input
      return hostId === undefined || model.hosts.has(hostId) ? null : new AppError('host.not-found', { hostId })
    },
    execute: async ({ input, model, signal }) => {
      const snapshot = model()
      const vms = idsOf(input).flatMap((vmId) => snapshot.vms.get(vmId) ?? [])
      const named = input.hostId === undefined ? undefined : snapshot.hosts.get(input.hostId)
      const { copyDisks, otherClusters } = input
      const among = named === undefined ? hostsFor(snapshot, vms, otherClusters) : [named]
      const verdicts = decideVerdicts(snapshot, sight, vms, among, { copyDisks, otherClusters })
      if (named === undefined) return { hosts: verdicts }
      const asked = await Promise.all(verdicts.map((verdict) => askToo(snapshot, verdict, vms, copyDisks, signal)))
      return { hosts: asked }
    },
  }

  async function askToo(
    model: ModelSnapshot,
    verdict: MigrationVerdict,
    vms: readonly Vm[],
    copyDisks: boolean,
    signal: AbortSignal,
  ): Promise<MigrationVerdict> {
    const found: AppError[] = []
    for (const vm of vms) {
      if (vm.hostId === verdict.hostId) continue
      try {
        const sides = { source: hosts.get(vm.hostId), destination: hosts.get(verdict.hostId) }
        if (vm.status === 'down')
          found.push(...(await askForStopped(sides, vm, model, { copyDisks, signal })).obstacles)
        else found.push(...(await askForRunning(sides, vm, model, copyDisks, signal)))
      } catch (error) {
        // It says why nobody can tell, which is a reason, too.
        if (!isAppError(error)) throw error
        found.push(error)
      }
    }
    if (found.length === 0) return verdict
    return { ...verdict, verdict: 'cannot', reasons: [...verdict.reasons, ...found.map((error) => toWireError(error))] }
  }
}

interface Sides {
  readonly source: HostLink
  readonly destination: HostLink
}

/** What only the hosts know of a machine that runs. Errors: those of the links. */
async function askForRunning(
  { source, destination }: Sides,
  vm: Vm,
  model: ModelSnapshot,
  copyDisks: boolean,
  signal: AbortSignal,
): Promise<AppError[]> {
  const { needs, local } = splitLocalDisks(model, await fetchNeeds(source, vm, signal), copyDisks)
  const obstacles = await askDestination(destination, needs, signal)
  const copies = await fetchCopies(source, local, signal)
  return [...obstacles, ...(await askForRoom(destination, copies, signal))]
}

/** Hosts of the clusters that the machines are in, or of all clusters of their datacenters, by name. */
function hostsFor(model: ModelSnapshot, vms: readonly Vm[], otherClusters: boolean) {
  const own = new Set(vms.map(({ clusterId }) => clusterId))
  const datacenters = new Set([...own].map((clusterId) => model.clusters.get(clusterId)?.datacenterId))
  const clusters = otherClusters
    ? [...model.clusters.values()].filter(({ datacenterId }) => datacenters.has(datacenterId)).map(({ id }) => id)
    : [...own]
  return clusters
    .flatMap((clusterId) => model.hosts.where('clusterId', clusterId))
    .sort((one, other) => one.name.localeCompare(other.name))
}

function idsOf({ vmId, vmIds = [] }: Input): readonly Vm['id'][] {
  return vmId === undefined ? vmIds : [...new Set([vmId, ...vmIds])]
}
