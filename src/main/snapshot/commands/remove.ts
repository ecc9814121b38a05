import { z } from 'zod'
import type { Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler, StepContext } from '../../engine/index.ts'
import { domainReference, type HostLink } from '../../hosts/index.ts'
import { requireVm, runDomainAction } from '../../vm/index.ts'
import { isExternal, keptDisks } from '../decide-method.ts'
import { decideNoClones, decideRemoval, findSnapshot } from '../decide-removal.ts'
import { decideUnusedLayers, fetchChains, fetchExistingChains } from '../on-host/image-chain.ts'
import { removeFiles } from '../on-host/layer-files.ts'
import { hostOf, isOwnLayer, type SnapshotDependencies, type SnapshotWork, WORK_TIMEOUT_MS } from '../snapshot-work.ts'

/** `VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY`. */
const METADATA_ONLY = 2

/** What libvirt may leave of it; the snapshot itself is gone by then. */
const filesSchema = z.object({
  memoryFile: z.string().nullable(),
  layers: z.array(z.object({ target: z.string(), path: z.string() })),
})

/** Removes a snapshot. Of an external one libvirt merges the layers into what the machine goes on with. */
export function createSnapshotRemove(
  dependencies: SnapshotDependencies,
  work: SnapshotWork,
): OperationHandler<'vm.snapshot-remove'> {
  const { known } = dependencies
  const doing = (context: StepContext<'vm.snapshot-remove'>, does: (vm: Vm, link: HostLink) => Promise<void>) => {
    const { vm, link } = work.vmAndLink(context)
    return work.doing(context, { vm, link, command: 'vm.snapshot-remove' }, () => does(vm, link))
  }
  const inspectGone = async (context: StepContext<'vm.snapshot-remove'>) => {
    const { vm, link } = work.vmAndLink(context)
    const found = await known.read(link, vm)
    if (!found.some(({ name }) => name === context.input.snapshotId)) return 'done'
    return (await work.isAtWork(link, vm)) ? 'running' : 'absent'
  }
  return {
    name: 'vm.snapshot-remove',
    ...work.base,
    validate: (model, { vmId }) => work.decide(model, vmId, 'snapshot-remove'),
    auditParams: ({ snapshotId }) => ({ snapshot: snapshotId }),
    plan: (model, { vmId, snapshotId }) => {
      const vm = requireVm(model, vmId)
      const snapshots = work.snapshotsOf(model, vmId)
      const found = findSnapshot(vm, snapshots, snapshotId)
      if (found instanceof AppError) throw found
      const method = decideRemoval(vm, snapshots, snapshotId, hostOf(model, vm))
      if (method instanceof AppError) throw method
      const inTheWay = decideNoClones(vm, found, model.disks.values())
      if (inTheWay !== null) throw inTheWay
      if (!isExternal(found)) {
        return work.plan(model, vmId, [{ action: 'remove', key: 'snapshot-removing', weight: 5, goesOn: true }])
      }
      const layered = new Set(found.disks.flatMap(({ target, kind }) => (kind === 'external' ? [target] : [])))
      // One that nothing goes on from has the layer that was frozen by it; the one above that was thrown away as the machine went back.
      const frozen = [...found.sources].flatMap(([target, path]) => (layered.has(target) ? [{ target, path }] : []))
      const above = found.disks.flatMap(({ target, layer }) => (layer === null ? [] : [{ target, path: layer }]))
      const memoryFile = found.memory.kind === 'external' ? found.memory.file : null
      const data = { memoryFile, layers: method === 'drop' ? [...above, ...frozen] : [] }
      return work.plan(model, vmId, [
        { action: 'check', key: 'snapshot-checking' },
        method === 'drop'
          ? { action: 'drop', key: 'snapshot-removing' }
          : { action: 'remove', key: 'snapshot-merging', weight: 20, goesOn: true },
        { action: 'tidy', key: 'snapshot-tidying', data },
      ])
    },
    // What was half merged is of no use as a snapshot; merging again goes on from there.
    afterCrash: 'finish',
    steps: {
      check: {
        run: async (context) => {
          const { vm, link } = work.vmAndLink(context)
          const paths = keptDisks(vm).flatMap(({ source }) => source ?? [])
          await fetchChains(link, vm, paths, context.signal)
          return null
        },
        inspect: async () => 'absent',
      },
      remove: {
        timeoutMs: WORK_TIMEOUT_MS,
        run: async (context) => {
          await doing(context, async (vm, link) => {
            const stopWatching = work.watchMerging(link, vm, context.progress)
            try {
              await removeSnapshot(context, vm, link, 0)
            } finally {
              stopWatching()
            }
          })
          return null
        },
        inspect: inspectGone,
      },
      drop: {
        run: async (context) => {
          await doing(context, (vm, link) => removeSnapshot(context, vm, link, METADATA_ONLY))
          return null
        },
        inspect: inspectGone,
      },
      tidy: {
        noReturn: true,
        run: async (context) => {
          const { memoryFile, layers } = filesSchema.parse(context.step.data)
          await doing(context, async (vm, link) => {
            // What a snapshot that stays, or the machine itself, still lies on is not removed.
            const others = await known.read(link, vm)
            const disks = keptDisks(requireVm(context.model(), vm.id))
            const now = new Map(
              disks.flatMap(({ target, source }) => (source === null ? [] : [[target, source] as const])),
            )
            const kept = [...now.values(), ...others.flatMap(({ sources }) => [...sources.values()])]
            const chains = await fetchChains(link, vm, [...new Set(kept)], context.signal)
            const wanted = layers.map(({ path }) => path)
            const candidates = await fetchExistingChains(link, vm, wanted, context.signal)
            const unused = decideUnusedLayers(
              layers.map(({ target, path }) => ({
                chain: candidates.get(path) ?? [],
                instead: chains.get(now.get(target) ?? '') ?? [],
              })),
              chains.values(),
            ).filter((path) => isOwnLayer(context.model(), vm.id, path))
            const isOthers = others.some(({ memory }) => memory.file === memoryFile)
            await removeFiles(link, memoryFile === null || isOthers ? unused : [...unused, memoryFile])
          })
          return null
        },
        inspect: async () => 'absent',
      },
    },
    output: () => ({}),
  }
}

async function removeSnapshot(
  { input, model, signal }: StepContext<'vm.snapshot-remove'>,
  vm: Vm,
  link: HostLink,
  flags: number,
): Promise<void> {
  const snap = { name: input.snapshotId, dom: domainReference({ name: vm.name, uuid: vm.id }) }
  const connection = await link.openConnection({ signal })
  try {
    await runDomainAction({
      vm,
      action: 'snapshot-remove',
      link,
      model,
      call: () => connection.call('DOMAIN_SNAPSHOT_DELETE', { snap, flags }, { timeoutMs: WORK_TIMEOUT_MS, signal }),
      tookEffect: () => null,
    })
  } finally {
    await connection.close()
  }
}
