import { AppError } from '../../../shared/errors/index.ts'
import { domainLock } from '../../disk/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { isActiveState } from '../../hosts/index.ts'
import { changeRun } from '../change/change-run.ts'
import { decideMediumFor, mediumPathOf } from '../change/decide-medium-for.ts'
import { inactiveXmlOf, withXmlErrors } from '../change/domain-xml.ts'
import { onVm, runDomainAction } from '../domain-action.ts'
import { decideAction, planOnVm, requireVm } from '../rules.ts'
import { diskPathsOf, inspectStart, START_TIMEOUT_MS } from '../start-domain.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** `VIR_DOMAIN_START_PAUSED`. */
const START_PAUSED = 1

/**
 * Starts a VM with other values for this run. libvirt runs a given definition in place of the stored one and goes back to that when the
 * machine is down: https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainCreateXML
 */
export function createRunOnce(dependencies: VmCommandDependencies): OperationHandler<'vm.run-once'> {
  const { hosts, transitions, ownActions, activateVolumes } = dependencies
  return {
    name: 'vm.run-once',
    ...onVm(hosts, 'run-once'),
    validate: (model, { vmId, cdrom }) =>
      decideAction(model, vmId, 'run-once') ?? decideMediumFor(model, requireVm(model, vmId), cdrom),
    auditParams: ({ boot = [], paused }) => ({ boot: boot.join(', '), paused }),
    plan: (model, input) => {
      const draft = planOnVm(model, input.vmId, [{ action: 'start', key: 'running-once', goesOn: true }])
      const medium = model.disks.get(input.cdrom?.diskId as never)
      return medium === undefined ? draft : { ...draft, locks: [...draft.locks, domainLock(medium.storageDomainId)] }
    },
    // One that did not start is not started hours later, when nobody expects it any more.
    afterCrash: 'undo',
    steps: {
      start: {
        timeoutMs: START_TIMEOUT_MS,
        run: async ({ input, model, signal, user, isRow }) => {
          const vm = requireVm(model(), input.vmId)
          const { boot, bootMenu, kernel, paused } = input
          const link = hosts.get(vm.hostId)
          const mediumPath = mediumPathOf(model(), input.cdrom)
          const stored = await inactiveXmlOf(link, vm)
          const changed = withXmlErrors(vm, () => changeRun(stored, { boot, bootMenu, kernel, mediumPath }))
          if ('lacks' in changed) throw new AppError('vm.lacks-device', { name: vm.name, device: changed.lacks })
          const ended = ownActions.expect(vm.id, {
            kinds: ['vm.started', paused ? 'vm.paused' : 'vm.resumed'],
            user,
            command: 'vm.run-once',
            silent: !isRow,
            withinMs: START_TIMEOUT_MS,
          })
          const endTransition = transitions.begin(vm.id, 'powering-up', START_TIMEOUT_MS)
          let endActivation = (): void => undefined
          try {
            endActivation = await activateVolumes(link.id, diskPathsOf(vm), signal)
            const connection = await link.openConnection({ signal })
            try {
              const limits = { timeoutMs: START_TIMEOUT_MS, signal }
              await runDomainAction({
                vm,
                action: 'run-once',
                link,
                model,
                call: () =>
                  connection.call(
                    'DOMAIN_CREATE_XML',
                    { xml_desc: changed.xml, flags: paused ? START_PAUSED : 0 },
                    limits,
                  ),
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
          return null
        },
        inspect: ({ input, step }) => inspectStart(hosts, { hostId: step.hostId, vmId: input.vmId }),
      },
    },
    output: () => ({}),
  }
}
