import type { HostId } from '../../shared/domain/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import type { Inventory } from '../inventory/index.ts'
import type { ProbeOutcome } from './host-checks.ts'
import { decideOtherMachine, type MachineIdentity } from './rules.ts'

/** Which machine it is that was tried. Pure. */
export function identityOf(
  { facts, survey }: Pick<ProbeOutcome, 'facts' | 'survey'>,
  libvirtMode: MachineIdentity['libvirtMode'],
): MachineIdentity {
  const uuid = facts?.uuid ?? ''
  return {
    libvirtMode,
    machineUuid: uuid === '' ? null : uuid,
    machineIdDigest: survey?.machineIdDigest ?? null,
  }
}

/** Refuses a machine that is in the inventory, connected or not, other than as `self`. Null: it is another one. Errors: those of the inventory. */
export async function findOtherMachine(
  { hosts }: Pick<Inventory, 'hosts'>,
  model: ModelSnapshot,
  wanted: MachineIdentity,
  self: HostId,
): Promise<AppError | null> {
  const others = (await hosts.fetchAll()).filter(({ id }) => id !== self)
  const known = others.map((record) => {
    const told = model.hosts.get(record.id)?.facts?.uuid ?? ''
    return { ...record, machineUuid: told === '' ? record.machineUuid : told }
  })
  return decideOtherMachine(known, wanted)
}
