import { type HostId, hostIdSchema, type Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot, StepHandler } from '../../engine/index.ts'
import { withNewPasswords } from '../../xml/index.ts'
import type { VmStartDependencies } from '../commands/dependencies.ts'
import { defineDomain, undefineDomain } from '../define-domain.ts'
import { inspectDomain } from '../domain-action.ts'
import { hostName, requireVm } from '../rules.ts'
import { decideMoveObstacle } from './decide-move-obstacle.ts'
import { withXmlErrors } from './domain-xml.ts'
import { makeScreenPassword } from './screen-password.ts'

const EXPECTED_WITHIN_MS = 60_000

/** The step that gives another host what is known of a machine whose own host cannot be asked. Pure. */
export function planRestore(model: ModelSnapshot, vm: Vm, target: HostId) {
  const data = { from: vm.hostId, to: target }
  const text = { key: 'defining-known', params: { vm: vm.name, host: hostName(model, target) } }
  return [{ action: 'restore', hostId: target, text, data }]
}

/**
 * What that step does. The lost host keeps its definition: nobody can take it away there. Errors: vm.bound-to-host,
 * vm.definition-unread, vm.definition-refused, those of the links.
 */
export function createRestoreSteps({
  hosts,
  ownActions,
  kept,
}: Pick<VmStartDependencies, 'hosts' | 'ownActions' | 'kept'>): Record<'restore', StepHandler<'vm.start'>> {
  return {
    restore: {
      run: async ({ step, input, model, user, isRow }) => {
        const vm = requireVm(model(), input.vmId)
        const link = hosts.get(hostIdSchema.parse(step.hostId))
        const stored = (await kept?.fetchForVm(vm.id)) ?? []
        const known = stored.find(({ hostId }) => hostId === vm.hostId) ?? stored[0]
        const about = { name: vm.name, hostName: hostName(model(), vm.hostId) }
        if (known === undefined) throw new AppError('vm.definition-unread', about, { subject: vm.name })
        const folders = [...model().storageDomains.values()].map(({ targetPath }) => targetPath)
        const xml = withXmlErrors(vm, () => {
          const obstacle = decideMoveObstacle(known.xml, folders)
          if (obstacle === null) return withNewPasswords(known.xml, makeScreenPassword)
          throw new AppError('vm.bound-to-host', { ...about, what: obstacle }, { subject: vm.name })
        })
        const expected = { user, command: 'vm.start', silent: !isRow, withinMs: EXPECTED_WITHIN_MS }
        const ended = ownActions.expect(vm.id, { kinds: ['vm.defined'], ...expected })
        try {
          await defineDomain(link, { vmId: vm.id, name: vm.name }, xml, { validates: false })
        } finally {
          ended()
        }
        return null
      },
      undo: async ({ step, input, model }) => {
        const { id: vmId, name } = requireVm(model(), input.vmId)
        await undefineDomain(hosts.get(hostIdSchema.parse(step.hostId)), { vmId, name })
      },
      inspect: ({ input, step }) => inspectDomain(hosts, { hostId: step.hostId, vmId: input.vmId }, () => true),
    },
  }
}
