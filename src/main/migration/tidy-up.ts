import type { Vm } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { domainReference, type HostLink, isActiveState, isLibvirtError } from '../hosts/index.ts'
import { decideWhereabouts, type Whereabouts } from './decide-whereabouts.ts'
import { DESTROY_DEFAULT } from './libvirt-flags.ts'

const TIMEOUT_MS = 60_000
/** `VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA`, `_KEEP_NVRAM` and `_CHECKPOINTS_METADATA`: the files go on with the machine. */
const UNDEFINE_WITH_METADATA = 2 | 8 | 16

/** Both ends of a migration. */
export interface Ends {
  readonly source: HostLink
  readonly destination: HostLink
}

/** Reads the machine anew on both hosts. Errors: those of the links. */
export async function look({ source, destination }: Ends, vmId: Vm['id']): Promise<Whereabouts> {
  const [here, there] = await Promise.all([source.refreshDomain(vmId), destination.refreshDomain(vmId)])
  return decideWhereabouts(here, there)
}

/**
 * Takes the source's copy away once the machine runs at the destination, and only then. Errors: those of the links,
 * migration.outcome-unknown when it does not run there.
 */
export async function letGoAtSource(ends: Ends, vm: Pick<Vm, 'id' | 'name'>, persistent: boolean): Promise<void> {
  const where = await look(ends, vm.id)
  if (where !== 'destination' && where !== 'handed-over') throw unknown(ends, vm)
  const { source } = ends
  const record = await source.refreshDomain(vm.id)
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const limits = { timeoutMs: TIMEOUT_MS }
  if (record !== null && isActiveState(record.state)) {
    await ignoreGone(source.control().call('DOMAIN_DESTROY_FLAGS', { dom, flags: DESTROY_DEFAULT }, limits))
  }
  const left = await source.refreshDomain(vm.id)
  if (left !== null && persistent) {
    await ignoreGone(source.control().call('DOMAIN_UNDEFINE_FLAGS', { dom, flags: UNDEFINE_WITH_METADATA }, limits))
    await source.refreshDomain(vm.id)
  }
}

/**
 * Lets the machine run on at the source, and takes what waits at the destination away. Nothing is done where the machine runs at
 * the destination. Errors: those of the links, migration.outcome-unknown.
 */
export async function runOnAtSource(ends: Ends, vm: Pick<Vm, 'id' | 'name'>, wasPaused: boolean): Promise<void> {
  const { source, destination } = ends
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const limits = { timeoutMs: TIMEOUT_MS }
  // Where it runs at the source nobody has to ask the other host, which may be what was lost.
  if (decideWhereabouts(await source.refreshDomain(vm.id), null) === 'source') return
  const before = await look(ends, vm.id)
  if (before === 'on-its-way') {
    await ignoreGone(destination.control().call('DOMAIN_DESTROY_FLAGS', { dom, flags: DESTROY_DEFAULT }, limits))
  }
  const where = before === 'on-its-way' ? await look(ends, vm.id) : before
  if (where === 'destination' || where === 'handed-over' || where === 'both' || where === 'on-its-way')
    throw unknown(ends, vm)
  if (where === 'still' && !wasPaused) await source.control().call('DOMAIN_RESUME', { dom }, limits)
  await source.refreshDomain(vm.id)
}

async function ignoreGone(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    // It is not there, or does not run any more: what was wanted.
    if (!isLibvirtError(error, 'noDomain') && !isLibvirtError(error, 'operationInvalid')) throw error
  }
}

function unknown({ destination }: Ends, { name }: Pick<Vm, 'name'>): AppError {
  const params = { name, hostName: destination.definition.name }
  return new AppError('migration.outcome-unknown', params, { retry: 'after-refresh', subject: name })
}
