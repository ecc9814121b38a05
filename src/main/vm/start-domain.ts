import type { HostId, Vm, VmId } from '../../shared/domain/index.ts'
import type { Inspection, ModelSnapshot, StepContext } from '../engine/index.ts'
import { domainReference, type HostRegistry, isActiveState } from '../hosts/index.ts'
import type { VmCommandDependencies } from './commands/dependencies.ts'
import { inspectDomain, runDomainAction } from './domain-action.ts'

/** `virDomainCreateFlags`. */
const START_PAUSED = 1
const START_FORCE_BOOT = 8
/** A saved state of a large machine on slow disks takes long to read. */
export const START_TIMEOUT_MS = 60 * 60_000

export interface StartRequest {
  readonly vmId: VmId
  readonly name: string
  readonly hostId: HostId
  readonly paused: boolean
  /** A saved state is thrown away. */
  readonly bootsAnew: boolean
  readonly restores: boolean
  readonly command: string
  /** Of its disks. */
  readonly diskPaths: readonly string[]
}

/**
 * Starts a domain where it is defined, on a connection of its own, and reads it again. Errors: those of `runDomainAction` and of opening
 * a connection.
 */
export async function startDomain(
  {
    hosts,
    transitions,
    ownActions,
    activateVolumes,
  }: Pick<VmCommandDependencies, 'hosts' | 'transitions' | 'ownActions' | 'activateVolumes'>,
  request: StartRequest,
  {
    model,
    signal,
    user,
    isRow,
  }: Pick<StepContext<never>, 'signal' | 'user' | 'isRow'> & { readonly model: () => ModelSnapshot },
): Promise<void> {
  const { vmId, name, hostId, paused, bootsAnew, restores, command, diskPaths } = request
  const link = hosts.get(hostId)
  const flags = (paused ? START_PAUSED : 0) | (bootsAnew ? START_FORCE_BOOT : 0)
  const ended = ownActions.expect(vmId, {
    kinds: ['vm.started', paused ? 'vm.paused' : 'vm.resumed'],
    user,
    command,
    silent: !isRow,
    withinMs: START_TIMEOUT_MS,
  })
  const endTransition = transitions.begin(vmId, restores ? 'restoring-state' : 'powering-up', START_TIMEOUT_MS)
  let endActivation = (): void => undefined
  try {
    endActivation = await activateVolumes(hostId, diskPaths, signal)
    const connection = await link.openConnection({ signal })
    try {
      const dom = domainReference({ name, uuid: vmId })
      const limits = { timeoutMs: START_TIMEOUT_MS, signal }
      await runDomainAction({
        vm: { id: vmId, name, hostId },
        action: 'start',
        link,
        model,
        call: () => connection.call('DOMAIN_CREATE_WITH_FLAGS', { dom, flags }, limits),
        tookEffect: (record) => isActiveState(record.state) && record.reason !== 'starting-up',
      })
    } finally {
      await connection.close()
    }
  } finally {
    endActivation()
    endTransition()
    ended()
  }
}

/** The files and devices that a VM's disks lie in. */
export function diskPathsOf({ disks }: Pick<Vm, 'disks'>): readonly string[] {
  return disks.flatMap(({ source }) => source ?? [])
}

/** Whether a domain was started: by what its host shows now. */
export function inspectStart(
  hosts: HostRegistry,
  { hostId, vmId }: { readonly hostId: string | null; readonly vmId: VmId },
): Promise<Inspection> {
  return inspectDomain(hosts, { hostId, vmId }, (record) => {
    if (!isActiveState(record.state)) return 'absent'
    return record.reason === 'starting-up' ? 'running' : 'done'
  })
}
