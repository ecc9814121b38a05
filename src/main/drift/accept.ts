import type { Drift, HostId, VmId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { exclusive, type InstantHandler } from '../engine/index.ts'
import type { Inventory } from '../inventory/index.ts'

export interface DriftAcceptDependencies {
  readonly inventory: Pick<Inventory, 'vmDefinitions' | 'hosts'>
  readonly drifts: {
    readonly entities: { get(id: string): Drift | undefined }
    remove(id: string): void
  }
}

/** Takes what is on a host as known. Each only as it was seen: what changed again meanwhile is refused. */
export function createDriftAccept({ inventory, drifts }: DriftAcceptDependencies): InstantHandler<'drift.accept'> {
  const find = (input: { readonly drifts: readonly { readonly id: string }[] }) =>
    input.drifts.flatMap(({ id }) => drifts.entities.get(id) ?? [])
  return {
    name: 'drift.accept',
    subject: (model, { drifts: [first, ...others] }) => {
      const [vmId, hostId] = partsOf(first?.id ?? '')
      // As it is called where there is no line about it any more, too.
      const vm = vmId === null || others.length > 0 ? undefined : model.vms.get(vmId)
      if (vm !== undefined) return { kind: 'vm', id: vm.id, name: vm.name }
      return { kind: 'host', id: hostId, name: model.hosts.get(hostId)?.name ?? hostId }
    },
    validate: (_model, input) => {
      for (const { id, revision } of input.drifts) {
        const drift = drifts.entities.get(id)
        if (drift === undefined) return new AppError('drift.not-found', { driftId: id })
        if (revision !== undefined && revision !== drift.revision)
          return new AppError(
            'drift.changed-meanwhile',
            { name: drift.name },
            { subject: drift.name, retry: 'after-refresh' },
          )
      }
      return null
    },
    // A host's edit writes the same line of the inventory.
    locks: (_model, input) =>
      find(input).flatMap(({ vmId, hostId }) => (vmId === null ? [exclusive(`host:${hostId}`)] : [])),
    auditParams: ({ drifts: { length } }) => ({ count: length }),
    execute: async ({ input }) => {
      const chosen = find(input)
      const accepted = await inventory.vmDefinitions.accept(
        chosen.flatMap(({ id, hostId, vmId, revision }) =>
          vmId === null ? [] : [{ id, hostId, vmId: vmId as VmId, revision: Number(revision) }],
        ),
      )
      for (const { id } of accepted) drifts.remove(id)
      const machines = chosen.filter(({ machine }) => machine !== null)
      for (const drift of machines) await acceptMachine(drift)
      return { accepted: accepted.length + machines.length }
    },
  }

  async function acceptMachine({ id, hostId, machine }: Drift): Promise<void> {
    const record = (await inventory.hosts.fetchAll()).find((host) => host.id === hostId)
    if (record === undefined || machine === null) return
    // Its machine-id is not known by this: the next check of a host reads it.
    await inventory.hosts.save({ ...record, machineUuid: machine.now, machineIdDigest: null })
    drifts.remove(id)
  }
}

function partsOf(id: string): [vmId: VmId | null, hostId: HostId] {
  const at = id.indexOf('@')
  return [at < 0 ? null : (id.slice(0, at) as VmId), id.slice(at + 1) as HostId]
}
