import { z } from 'zod'
import { type HostId, hostIdSchema, type Vm } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot, StepContext, StepHandler } from '../../engine/index.ts'
import { domainReference, type HostLink } from '../../hosts/index.ts'
import type { VmCommandDependencies } from '../commands/dependencies.ts'
import { defineDomain, undefineDomain } from '../define-domain.ts'
import { inspectDomain } from '../domain-action.ts'
import { hostName, requireVm } from '../rules.ts'
import { copyVariables, removeVariables } from './copy-variables.ts'
import { decideMoveObstacle, findVariablesFile } from './decide-move-obstacle.ts'
import { inactiveXmlOf, withXmlErrors } from './domain-xml.ts'

const CALL_TIMEOUT_MS = 30_000
/** The events of it are ours for so long. */
const EXPECTED_WITHIN_MS = 60_000

/** Commands that take a stopped machine to another host. */
type Moving = 'vm.start' | 'vm.migrate'

type Dependencies = Pick<VmCommandDependencies, 'hosts' | 'ownActions'>

const sidesSchema = z.object({ from: hostIdSchema, to: hostIdSchema })

/** The two steps that take the definition of a stopped machine to another host. Pure. */
export function planMove(model: ModelSnapshot, vm: Vm, target: HostId) {
  const data = { from: vm.hostId, to: target }
  const defining = { vm: vm.name, host: hostName(model, target) }
  const undefining = { vm: vm.name, host: hostName(model, vm.hostId) }
  return [
    { action: 'define', hostId: target, text: { key: 'defining', params: defining }, data },
    { action: 'undefine', hostId: vm.hostId, text: { key: 'undefining', params: undefining }, data },
  ]
}

/**
 * What the steps of {@link planMove} do. First the other host has it, then the first one lets go: whatever breaks, one of them has the
 * definition. `alongIn` tells the files that were copied there before. Errors: vm.bound-to-host, vm.definition-refused, vm.operation-refused, those of the links.
 */
export function createMoveSteps<N extends Moving>(
  { hosts, ownActions }: Dependencies,
  command: N,
  alongIn: (results: StepContext<N>['results']) => readonly string[] = () => [],
): Record<'define' | 'undefine', StepHandler<N>> {
  const sidesOf = ({ step, model, input }: StepContext<N>) => {
    const { from, to } = sidesSchema.parse(step.data)
    return { from: hosts.get(from), to: hosts.get(to), vm: requireVm(model(), input.vmId) }
  }
  const quietly = async ({ input, user, isRow }: StepContext<N>, kind: 'vm.defined' | 'vm.undefined', work: Work) => {
    const silent = !isRow
    const ended = ownActions.expect(input.vmId, { kinds: [kind], user, command, silent, withinMs: EXPECTED_WITHIN_MS })
    try {
      await work()
    } finally {
      ended()
    }
  }
  return {
    define: {
      run: async (context) => {
        const { from, to, vm } = sidesOf(context)
        const xml = await fetchMovableXml(from, vm, context.model(), alongIn(context.results))
        const variables = await takeVariables(context.model(), { from, to }, vm, xml)
        try {
          await quietly(context, 'vm.defined', async () => {
            await defineDomain(to, { vmId: vm.id, name: vm.name }, xml)
            if (vm.autostart) await setAutostart(to, vm)
          })
        } catch (error) {
          if (variables !== null && isAppError(error, 'vm.definition-refused')) await removeVariables(to, variables)
          throw error
        }
        return { from: from.id }
      },
      undo: async (context) => {
        const { to, vm } = sidesOf(context)
        await undefineDomain(to, { vmId: vm.id, name: vm.name })
      },
      inspect: ({ input, step }) => inspectDomain(hosts, { hostId: step.hostId, vmId: input.vmId }, () => true),
    },
    undefine: {
      run: async (context) => {
        const { from, to, vm } = sidesOf(context)
        await quietly(context, 'vm.undefined', () => undefineDomain(from, { vmId: vm.id, name: vm.name }))
        return { hostId: to.id }
      },
      undo: async (context) => {
        const { from, to, vm } = sidesOf(context)
        const xml = await inactiveXmlOf(to, vm)
        await takeVariables(context.model(), { from: to, to: from }, vm, xml)
        await defineDomain(from, { vmId: vm.id, name: vm.name }, xml)
        if (vm.autostart) await setAutostart(from, vm)
      },
      inspect: async ({ input, step }) => {
        const seen = await inspectDomain(hosts, { hostId: step.hostId, vmId: input.vmId }, () => true)
        return seen === 'absent' ? 'done' : 'absent'
      },
    },
  }
}

type Work = () => Promise<unknown>

/** Its definition, if it can go; of its disks those `along` go as files. Errors: vm.bound-to-host, those of the link. */
export async function fetchMovableXml(
  from: HostLink,
  vm: Pick<Vm, 'id' | 'name' | 'hostId'>,
  model: ModelSnapshot,
  along: readonly string[] = [],
): Promise<string> {
  const bound = (what: string) => {
    const { name } = vm
    return new AppError('vm.bound-to-host', { name, hostName: from.definition.name, what }, { subject: name })
  }
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const xml = await inactiveXmlOf(from, vm)
  const obstacle = withXmlErrors(vm, () => decideMoveObstacle(xml, sharedFolders(model), along))
  if (obstacle !== null) throw bound(obstacle)
  const { num } = await from.control().call('DOMAIN_SNAPSHOT_NUM', { dom, flags: 0 }, { timeoutMs: CALL_TIMEOUT_MS })
  if (num > 0) throw bound('snapshots')
  return xml
}

/** The variables of its UEFI go along; the definition that the host takes away takes its own file with it. Gives the file; null: it has none. */
async function takeVariables(
  model: ModelSnapshot,
  sides: { readonly from: HostLink; readonly to: HostLink },
  vm: Vm,
  xml: string,
): Promise<string | null> {
  const path = withXmlErrors(vm, () => findVariablesFile(xml, sharedFolders(model)))
  if (path !== null) await copyVariables({ ...sides, path }, vm)
  return path
}

function sharedFolders(model: ModelSnapshot): string[] {
  return [...model.storageDomains.values()].map(({ targetPath }) => targetPath)
}

async function setAutostart(link: HostLink, { id, name }: Vm): Promise<void> {
  const dom = domainReference({ name, uuid: id })
  await link.control().call('DOMAIN_SET_AUTOSTART', { dom, autostart: 1 }, { timeoutMs: CALL_TIMEOUT_MS })
  // No event tells of it.
  await link.refreshDomain(id)
}
