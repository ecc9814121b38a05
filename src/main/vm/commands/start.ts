import type { VmStatus } from '../../../shared/domain/index.ts'
import type { CommandHandler } from '../../engine/index.ts'
import { domainReference, isActiveState } from '../../hosts/index.ts'
import { runDomainAction } from '../domain-action.ts'
import { decideAction, hostName, requireVm, vmSubject } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** `virDomainCreateFlags`. */
const START_PAUSED = 1
const START_FORCE_BOOT = 8
/** Statuses of a start that somebody's daemon is still at. */
const UNDER_WAY: ReadonlySet<VmStatus> = new Set(['powering-up', 'restoring-state'])
/** A saved state of a large machine on slow disks takes long to read. */
const START_TIMEOUT_MS = 60 * 60_000

/** Starts a VM where it is defined; one with a saved state goes on from there. */
export function createStart({ hosts, transitions, ownActions }: VmCommandDependencies): CommandHandler<'vm.start'> {
  return {
    name: 'vm.start',
    subject: vmSubject,
    validate: (model, input) => decideAction(model, input.vmId, 'start'),
    steps: [
      { key: 'restoring', weight: 0, cancellable: false },
      { key: 'starting', weight: 1, cancellable: false },
    ],
    auditParams: ({ paused, discardSavedState }) => ({ paused, discardSavedState }),
    reconcile: (task, model) => {
      const status = model.vms.get(task.subject.id as never)?.status
      if (status === undefined || status === 'unknown' || UNDER_WAY.has(status)) return null
      return status === 'down' || status === 'suspended' ? 'failed' : 'succeeded'
    },
    execute: async ({ input, model, signal, steps, identity }) => {
      const vm = requireVm(model(), input.vmId)
      const link = hosts.get(vm.hostId)
      const restores = vm.hasManagedSave && !input.discardSavedState
      steps.enter(restores ? 'restoring' : 'starting', { vm: vm.name, host: hostName(model(), vm.hostId) })
      const flags = (input.paused ? START_PAUSED : 0) | (input.discardSavedState ? START_FORCE_BOOT : 0)
      const ended = ownActions.expect(vm.id, {
        kinds: ['vm.started', input.paused ? 'vm.paused' : 'vm.resumed'],
        user: identity.user,
        command: 'vm.start',
        silent: true,
        withinMs: START_TIMEOUT_MS,
      })
      const endTransition = transitions.begin(vm.id, restores ? 'restoring-state' : 'powering-up', START_TIMEOUT_MS)
      try {
        const connection = await link.openConnection({ signal })
        try {
          await runDomainAction({
            vm,
            action: 'start',
            link,
            model,
            call: () =>
              connection.call(
                'DOMAIN_CREATE_WITH_FLAGS',
                { dom: domainReference({ name: vm.name, uuid: vm.id }), flags },
                { timeoutMs: START_TIMEOUT_MS, signal },
              ),
            tookEffect: (record) => isActiveState(record.state) && record.reason !== 'starting-up',
          })
        } finally {
          await connection.close()
        }
        return {}
      } finally {
        endTransition()
        ended()
      }
    },
  }
}
