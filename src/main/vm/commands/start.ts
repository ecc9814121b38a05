import { z } from 'zod'
import { type HostId, hostIdSchema, type Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { type ModelSnapshot, type OperationHandler, type StepContext, shared } from '../../engine/index.ts'
import { domainReference, type HostLink } from '../../hosts/index.ts'
import { decideMoveObstacle } from '../change/decide-move-obstacle.ts'
import { inactiveXmlOf, withXmlErrors } from '../change/domain-xml.ts'
import { defineDomain, undefineDomain } from '../define-domain.ts'
import { inspectDomain, onVm } from '../domain-action.ts'
import { hostName, planOnVm, requireVm } from '../rules.ts'
import { decideStart } from '../scheduler/decide-start.ts'
import { inspectStart, START_TIMEOUT_MS, startDomain } from '../start-domain.ts'
import type { VmPlacementDependencies } from './dependencies.ts'

const CALL_TIMEOUT_MS = 30_000

type StartContext = StepContext<'vm.start'>

/**
 * Starts a VM: where it is defined, or on the host of its cluster that is named, or, where its own host cannot run it now, on one that can.
 * Its definition moves there first. One with a saved state goes on from there.
 */
export function createStart(dependencies: VmPlacementDependencies): OperationHandler<'vm.start'> {
  const { hosts, policy, abilities, ownActions, promises } = dependencies
  const base = onVm(hosts, 'start')
  const expectQuietly = ({ input, user, isRow }: StartContext, kind: 'vm.defined' | 'vm.undefined') =>
    ownActions.expect(input.vmId, { kinds: [kind], user, command: 'vm.start', silent: !isRow, withinMs: 60_000 })

  return {
    name: 'vm.start',
    ...base,
    validate: (model, { vmId, hostId }) => {
      const vm = model.vms.get(vmId)
      if (vm === undefined) return new AppError('vm.not-found', { vmId })
      const place = decideStart(model, vm, hostId, policy)
      return place instanceof AppError ? place : null
    },
    admit: async (_identity, { vmId, hostId }, model) => {
      const vm = model.vms.get(vmId)
      const place = vm === undefined ? null : decideStart(model, vm, hostId, policy)
      // Where it stays, its own host says what it lacks.
      const stays = place === null || (!(place instanceof AppError) && place.movesFrom === null)
      if (vm !== undefined && !stays) await abilities.refreshCluster(vm.clusterId)
      return null
    },
    auditParams: ({ paused, discardSavedState }) => ({ paused, discardSavedState }),
    plan: (model, input) => {
      const vm = requireVm(model, input.vmId)
      const restores = vm.hasManagedSave && !input.discardSavedState
      const place = decideStart(model, vm, input.hostId, policy)
      if (place instanceof AppError) throw place
      const draft = planOnVm(model, input.vmId, [
        { action: 'start', key: restores ? 'restoring' : 'starting', goesOn: true },
      ])
      return place.movesFrom === null ? draft : planMoved(model, vm, place.hostId, draft)
    },
    // One that did not start is not started hours later, when nobody expects it any more.
    afterCrash: 'undo',
    steps: {
      define: {
        run: async (context) => {
          const { from, to, vm } = sidesOf(hosts, context)
          const xml = await movableXml(from, vm, context.model())
          const ended = expectQuietly(context, 'vm.defined')
          try {
            await defineDomain(to, { vmId: vm.id, name: vm.name }, xml)
            if (vm.autostart) await setAutostart(to, vm)
          } finally {
            ended()
          }
          return { from: from.id }
        },
        undo: async (context) => {
          const { to, vm } = sidesOf(hosts, context)
          await undefineDomain(to, { vmId: vm.id, name: vm.name })
        },
        inspect: ({ input, step }) => inspectDomain(hosts, { hostId: step.hostId, vmId: input.vmId }, () => true),
      },
      undefine: {
        run: async (context) => {
          const { from, vm } = sidesOf(hosts, context)
          const ended = expectQuietly(context, 'vm.undefined')
          try {
            await undefineDomain(from, { vmId: vm.id, name: vm.name })
          } finally {
            ended()
          }
          return null
        },
        undo: async (context) => {
          const { from, to, vm } = sidesOf(hosts, context)
          await defineDomain(from, { vmId: vm.id, name: vm.name }, await inactiveXmlOf(to, vm))
          if (vm.autostart) await setAutostart(from, vm)
        },
        inspect: async ({ input, step }) => {
          const seen = await inspectDomain(hosts, { hostId: step.hostId, vmId: input.vmId }, () => true)
          return seen === 'absent' ? 'done' : 'absent'
        },
      },
      start: {
        timeoutMs: START_TIMEOUT_MS,
        run: async (context) => {
          const { input, step, model } = context
          const { id: vmId, name, memoryKiB } = requireVm(model(), input.vmId)
          const hostId = hostIdSchema.parse(step.hostId)
          const restores = step.text.key === 'restoring'
          const { paused, discardSavedState: bootsAnew } = input
          const request = { vmId, name, hostId, paused, bootsAnew, restores, command: 'vm.start' }
          const takeBack = promises.make(hostId, vmId, memoryKiB)
          try {
            await startDomain(dependencies, request, context)
          } finally {
            takeBack()
          }
          return null
        },
        inspect: ({ input, step }) => inspectStart(hosts, { hostId: step.hostId, vmId: input.vmId }),
      },
    },
    output: () => ({}),
  }
}

function planMoved(
  model: ModelSnapshot,
  vm: Vm,
  target: HostId,
  { locks, touches, steps }: ReturnType<typeof planOnVm>,
): ReturnType<typeof planOnVm> {
  const data = { from: vm.hostId, to: target }
  const onTarget = { vm: vm.name, host: hostName(model, target) }
  return {
    locks: [...locks, shared(`host:${target}`)],
    touches,
    steps: [
      { action: 'define', hostId: target, text: { key: 'defining', params: onTarget }, data },
      {
        action: 'undefine',
        hostId: vm.hostId,
        text: { key: 'undefining', params: { vm: vm.name, host: hostName(model, vm.hostId) } },
        data,
      },
      ...steps.map(({ text, ...step }) => ({ ...step, hostId: target, text: { ...text, params: onTarget } })),
    ],
  }
}

const sidesSchema = z.object({ from: hostIdSchema, to: hostIdSchema })

function sidesOf(hosts: VmPlacementDependencies['hosts'], { step, model, input }: StartContext) {
  const { from, to } = sidesSchema.parse(step.data)
  return { from: hosts.get(from), to: hosts.get(to), vm: requireVm(model(), input.vmId) }
}

/** Its definition, if it can go. Errors: vm.bound-to-host, those of the link. */
async function movableXml(from: HostLink, vm: Vm, model: ModelSnapshot): Promise<string> {
  const bound = (what: string) => {
    const { name } = vm
    return new AppError('vm.bound-to-host', { name, hostName: from.definition.name, what }, { subject: name })
  }
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const xml = await inactiveXmlOf(from, vm)
  const folders = [...model.storageDomains.values()].map(({ targetPath }) => targetPath)
  const obstacle = withXmlErrors(vm, () => decideMoveObstacle(xml, folders))
  if (obstacle !== null) throw bound(obstacle)
  const { num } = await from.control().call('DOMAIN_SNAPSHOT_NUM', { dom, flags: 0 }, { timeoutMs: CALL_TIMEOUT_MS })
  if (num > 0) throw bound('snapshots')
  return xml
}

async function setAutostart(link: HostLink, { id, name }: Vm): Promise<void> {
  const dom = domainReference({ name, uuid: id })
  await link.control().call('DOMAIN_SET_AUTOSTART', { dom, autostart: 1 }, { timeoutMs: CALL_TIMEOUT_MS })
}
