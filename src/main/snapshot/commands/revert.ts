import { z } from 'zod'
import type { Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler, StepContext } from '../../engine/index.ts'
import { domainReference, type HostLink, isActiveState } from '../../hosts/index.ts'
import { defineDomain, requireVm, runDomainAction, withXmlErrors } from '../../vm/index.ts'
import { parseSnapshot } from '../../xml/index.ts'
import { isRunning, keptDisks } from '../decide-method.ts'
import { decideRevert, findSnapshot } from '../decide-removal.ts'
import { decideUnusedLayers, fetchChains, fetchExistingChains } from '../on-host/image-chain.ts'
import { makeLayers, removeFiles } from '../on-host/layer-files.ts'
import { fetchSnapshotXml, redefineSnapshot } from '../redefine-snapshot.ts'
import { hostOf, isOwnLayer, type SnapshotDependencies, type SnapshotWork, WORK_TIMEOUT_MS } from '../snapshot-work.ts'
import { layerPath, withDiskFiles, withLayers } from '../snapshot-xml.ts'

type Context = StepContext<'vm.snapshot-revert'>

/** `virDomainSnapshotRevertFlags`. */
const REVERT_RUNNING = 1
/** `VIR_DOMAIN_SAVE_RUNNING`. */
const RESTORE_RUNNING = 2
const CALL_TIMEOUT_MS = 60_000

const revertSchema = z.object({ wasCurrent: z.boolean() })
const layersSchema = z.object({
  /** By the disks' targets: what it goes on from, and the new layer on that. */
  layers: z.array(z.object({ target: z.string(), basePath: z.string(), path: z.string() })),
  /** What the machine has now, and will not have any more. */
  left: z.array(z.object({ target: z.string(), path: z.string() })),
  memoryFile: z.string().nullable(),
})

/**
 * Puts a VM back to a snapshot. Where its libvirt cannot do that with layers, we do what newer ones do: a new layer on the image as it was
 * then, and the definition of then on that.
 */
export function createSnapshotRevert(
  dependencies: SnapshotDependencies,
  work: SnapshotWork,
): OperationHandler<'vm.snapshot-revert'> {
  const { known } = dependencies
  const doing = (context: Context, does: (vm: Vm, link: HostLink) => Promise<void>) => {
    const { vm, link } = work.vmAndLink(context)
    return work.doing(context, { vm, link, command: 'vm.snapshot-revert' }, () => does(vm, link))
  }
  const layersOf = ({ step }: Context) => layersSchema.parse(step.data)
  const filesOf = (context: Context) => new Map(layersOf(context).layers.map(({ target, path }) => [target, path]))

  return {
    name: 'vm.snapshot-revert',
    ...work.base,
    ids: ['tag'],
    validate: (model, { vmId }) => work.decide(model, vmId, 'snapshot-revert'),
    auditParams: ({ snapshotId, start }) => ({ snapshot: snapshotId, start }),
    plan: (model, { vmId, snapshotId }, { tag = '' }) => {
      const vm = requireVm(model, vmId)
      const snapshots = work.snapshotsOf(model, vmId)
      const found = findSnapshot(vm, snapshots, snapshotId)
      if (found instanceof AppError) throw found
      const method = decideRevert(vm, snapshots, snapshotId, hostOf(model, vm))
      if (method instanceof AppError) throw method
      if (method === 'host') {
        const data = { wasCurrent: found.isCurrent }
        return work.plan(model, vmId, [{ action: 'revert', key: 'snapshot-reverting', weight: 5, goesOn: true, data }])
      }
      const layers = found.disks.flatMap(({ target, kind }) => {
        const basePath = found.sources.get(target)
        if (kind !== 'external' || basePath === undefined) return []
        return [{ target, basePath, path: layerPath(basePath, tag.slice(0, 8)) }]
      })
      const targets = new Set(layers.map(({ target }) => target))
      const left = keptDisks(vm).flatMap(({ target, source }) =>
        targets.has(target) && source !== null ? [{ target, path: source }] : [],
      )
      const data = { layers, left, memoryFile: found.memory.kind === 'external' ? found.memory.file : null }
      return work.plan(model, vmId, [
        { action: 'check', key: 'snapshot-checking', data },
        ...(isRunning(vm) ? [{ action: 'stop', key: 'poweroff' }] : []),
        { action: 'layer', key: 'snapshot-layering', data },
        { action: 'define', key: 'redefining', data },
        { action: 'mark', key: 'snapshot-marking', data },
        { action: 'tidy', key: 'snapshot-tidying', data },
        ...(data.memoryFile === null ? [] : [{ action: 'restore', key: 'restoring', goesOn: true, data }]),
      ])
    },
    followedBy: (model, { vmId, snapshotId, start }) => {
      const found = known.of(vmId)?.find(({ name }) => name === snapshotId)
      const goesOn = found !== undefined && (found.memory.kind !== 'no' || found.state === 'running')
      const vm = model.vms.get(vmId)
      const method =
        vm === undefined || found === undefined
          ? null
          : decideRevert(vm, known.of(vmId) ?? [], snapshotId, hostOf(model, vm))
      return start && !goesOn && method === 'layers' ? [{ command: 'vm.start', input: { vmId } }] : []
    },
    // Not put back hours later, when it has become something else again; but what has begun with its disks is done to the end.
    afterCrash: 'undo',
    steps: {
      revert: {
        timeoutMs: WORK_TIMEOUT_MS,
        run: async (context) => {
          await doing(context, (vm, link) => revertByHost(context, vm, link))
          return null
        },
        inspect: async (context) => {
          const { vm, link } = work.vmAndLink(context)
          if (await work.isAtWork(link, vm)) return 'running'
          const current = (await known.read(link, vm)).find(({ isCurrent }) => isCurrent)
          if (current?.name !== context.input.snapshotId) return 'absent'
          // It went on from there before, too: whether it went back shows nowhere.
          return revertSchema.parse(context.step.data).wasCurrent ? 'unknowable' : 'done'
        },
      },
      check: {
        run: async (context) => {
          const { vm, link } = work.vmAndLink(context)
          const { layers } = layersOf(context)
          await fetchChains(
            link,
            vm,
            layers.map(({ basePath }) => basePath),
            context.signal,
          )
          return null
        },
        inspect: async () => 'absent',
      },
      stop: {
        run: async (context) => {
          await doing(context, async (vm, link) => {
            const dom = domainReference({ name: vm.name, uuid: vm.id })
            await runDomainAction({
              vm,
              action: 'poweroff',
              link,
              model: context.model,
              call: () =>
                link.control().call('DOMAIN_DESTROY_FLAGS', { dom, flags: 0 }, { timeoutMs: CALL_TIMEOUT_MS }),
              tookEffect: ({ state }) => !isActiveState(state),
            })
          })
          return null
        },
        inspect: async (context) => {
          const { vm, link } = work.vmAndLink(context)
          const record = await link.refreshDomain(vm.id)
          return record === null || isActiveState(record.state) ? 'absent' : 'done'
        },
      },
      layer: {
        run: async (context) => {
          const { vm, link } = work.vmAndLink(context)
          const { layers } = layersOf(context)
          const chains = await fetchChains(
            link,
            vm,
            layers.map(({ basePath }) => basePath),
            context.signal,
          )
          const made = layers.map((layer) => ({
            ...layer,
            baseFormat: chains.get(layer.basePath)?.[0]?.format ?? 'raw',
          }))
          try {
            await makeLayers(link, made, context.signal)
          } catch (error) {
            await removeFiles(
              link,
              layers.map(({ path }) => path),
            )
            throw error
          }
          return null
        },
        undo: async (context) => {
          const { link } = work.vmAndLink(context)
          await removeFiles(
            link,
            layersOf(context).layers.map(({ path }) => path),
          )
        },
        inspect: async (context) => {
          const { link } = work.vmAndLink(context)
          await removeFiles(
            link,
            layersOf(context).layers.map(({ path }) => path),
          )
          return 'absent'
        },
      },
      define: {
        noReturn: true,
        run: async (context) => {
          await doing(context, async (vm, link) => {
            const { domainXml } = parseSnapshot(await fetchSnapshotXml(link, vm, context.input.snapshotId))
            const xml = withXmlErrors(vm, () => withDiskFiles(domainXml ?? '', filesOf(context)))
            // It may hold what libvirt's schema does not know: libvirt itself wrote it.
            await defineDomain(link, { vmId: vm.id, name: vm.name }, xml, { validates: false })
          })
          return null
        },
        inspect: async () => 'absent',
      },
      mark: {
        noReturn: true,
        run: async (context) => {
          await doing(context, async (vm, link) => {
            const name = context.input.snapshotId
            await redefineSnapshot(link, vm, { name, isCurrent: true }, (xml) => withLayers(xml, filesOf(context)))
          })
          return null
        },
        inspect: async () => 'absent',
      },
      tidy: {
        noReturn: true,
        run: async (context) => {
          await doing(context, async (vm, link) => {
            const snapshots = await known.read(link, vm)
            const { layers, left } = layersOf(context)
            const kept = [...filesOf(context).values(), ...snapshots.flatMap(({ sources }) => [...sources.values()])]
            const wanted = left.map(({ path }) => path)
            const chains = await fetchChains(link, vm, [...new Set(kept)], context.signal)
            const candidates = await fetchExistingChains(link, vm, wanted, context.signal)
            const unused = decideUnusedLayers(
              left.map(({ target, path }) => ({
                chain: candidates.get(path) ?? [],
                instead: chains.get(layers.find((layer) => layer.target === target)?.path ?? '') ?? [],
              })),
              chains.values(),
            )
            await removeFiles(
              link,
              unused.filter((path) => isOwnLayer(context.model(), vm.id, path)),
            )
          })
          return null
        },
        inspect: async () => 'absent',
      },
      restore: {
        timeoutMs: WORK_TIMEOUT_MS,
        run: async (context) => {
          await doing(context, (vm, link) => restoreMemory(context, vm, link))
          return null
        },
        inspect: async (context) => {
          const { vm, link } = work.vmAndLink(context)
          const record = await link.refreshDomain(vm.id)
          return record !== null && isActiveState(record.state) ? 'done' : 'absent'
        },
      },
    },
    output: () => ({}),
  }

  async function restoreMemory(context: Context, vm: Vm, link: HostLink): Promise<void> {
    const from = layersOf(context).memoryFile ?? ''
    const connection = await link.openConnection({ signal: context.signal })
    const limits = { timeoutMs: WORK_TIMEOUT_MS, signal: context.signal }
    try {
      await runDomainAction({
        vm,
        action: 'snapshot-revert',
        link,
        model: context.model,
        call: async () => {
          const { xml } = await connection.call('DOMAIN_SAVE_IMAGE_GET_XML_DESC', { file: from, flags: 1 }, limits)
          const dxml = withXmlErrors(vm, () => withDiskFiles(xml, filesOf(context)))
          await connection.call('DOMAIN_RESTORE_FLAGS', { from, dxml, flags: RESTORE_RUNNING }, limits)
        },
        tookEffect: ({ state }) => isActiveState(state),
      })
    } finally {
      await connection.close()
    }
  }
}

async function revertByHost({ input, model, signal }: Context, vm: Vm, link: HostLink): Promise<void> {
  const snap = { name: input.snapshotId, dom: domainReference({ name: vm.name, uuid: vm.id }) }
  const connection = await link.openConnection({ signal })
  try {
    await runDomainAction({
      vm,
      action: 'snapshot-revert',
      link,
      model,
      call: () =>
        connection.call(
          'DOMAIN_REVERT_TO_SNAPSHOT',
          { snap, flags: input.start ? REVERT_RUNNING : 0 },
          { timeoutMs: WORK_TIMEOUT_MS, signal },
        ),
      tookEffect: () => null,
    })
  } finally {
    await connection.close()
  }
}
