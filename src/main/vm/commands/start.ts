import type { OperationHandler } from '../../engine/index.ts'
import { domainReference, isActiveState } from '../../hosts/index.ts'
import { inspectDomain, onVm, runDomainAction } from '../domain-action.ts'
import { planOnVm, requireVm } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** `virDomainCreateFlags`. */
const START_PAUSED = 1
const START_FORCE_BOOT = 8
/** A saved state of a large machine on slow disks takes long to read. */
const START_TIMEOUT_MS = 60 * 60_000

/** Starts a VM where it is defined; one with a saved state goes on from there. */
export function createStart({ hosts, transitions, ownActions }: VmCommandDependencies): OperationHandler<'vm.start'> {
  return {
    name: 'vm.start',
    ...onVm(hosts, 'start'),
    auditParams: ({ paused, discardSavedState }) => ({ paused, discardSavedState }),
    plan: (model, input) => {
      const restores = requireVm(model, input.vmId).hasManagedSave && !input.discardSavedState
      return planOnVm(model, input.vmId, [{ action: 'start', key: restores ? 'restoring' : 'starting', goesOn: true }])
    },
    // One that did not start is not started hours later, when nobody expects it any more.
    afterCrash: 'undo',
    steps: {
      start: {
        timeoutMs: START_TIMEOUT_MS,
        run: async ({ input, step, model, signal, user, isRow }) => {
          const vm = requireVm(model(), input.vmId)
          const link = hosts.get(vm.hostId)
          const flags = (input.paused ? START_PAUSED : 0) | (input.discardSavedState ? START_FORCE_BOOT : 0)
          const ended = ownActions.expect(vm.id, {
            kinds: ['vm.started', input.paused ? 'vm.paused' : 'vm.resumed'],
            user,
            command: 'vm.start',
            silent: !isRow,
            withinMs: START_TIMEOUT_MS,
          })
          const status = step.text.key === 'restoring' ? 'restoring-state' : 'powering-up'
          const endTransition = transitions.begin(vm.id, status, START_TIMEOUT_MS)
          try {
            const connection = await link.openConnection({ signal })
            try {
              const dom = domainReference({ name: vm.name, uuid: vm.id })
              const limits = { timeoutMs: START_TIMEOUT_MS, signal }
              await runDomainAction({
                vm,
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
            endTransition()
            ended()
          }
          return null
        },
        inspect: ({ input, step }) =>
          inspectDomain(hosts, { hostId: step.hostId, vmId: input.vmId }, (record) => {
            if (!isActiveState(record.state)) return 'absent'
            return record.reason === 'starting-up' ? 'running' : 'done'
          }),
      },
    },
    output: () => ({}),
  }
}
