import type { ParsedInput } from '../../../shared/contract/index.ts'
import { type DiskId, isBlockStorage, lunPathOf, type Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { decideHostHas, diskLock, domainLock } from '../../disk/index.ts'
import { exclusive, inspectNothing, type ModelSnapshot, type OperationHandler, shared } from '../../engine/index.ts'
import { proveLunFree } from '../../storage/index.ts'
import { parseDomain, renderPart } from '../../xml/index.ts'
import { withXmlErrors } from '../change/domain-xml.ts'
import { decideDisk } from '../create/decide-parts.ts'
import { diskElement, nextTarget } from '../definition/index.ts'
import { onVm } from '../domain-action.ts'
import { withDevice } from '../edit/change-devices.ts'
import { decideLun, sharesPath } from '../edit/decide-lun.ts'
import { decideAction, hostName, requireVm } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'
import { createDeviceSteps, planDeviceChange, waitingOf } from './device-change.ts'

type AttachInput = ParsedInput<'vm.attach-disk'>

/** What a VM is given, as its definition says it. */
interface Given {
  readonly path: string
  readonly isBlock: boolean
  readonly format: 'raw' | 'qcow2'
  readonly discard: boolean
  readonly readOnly: boolean
  readonly shareable: boolean
}

const LOOK_TIMEOUT_MS = 2 * 60_000

/** Gives a VM a disk that is there, or a LUN as a whole. */
export function createAttachDisk(dependencies: VmEditDependencies): OperationHandler<'vm.attach-disk'> {
  return {
    name: 'vm.attach-disk',
    ...onVm(dependencies.hosts, 'edit'),
    validate: (model, input) => decideAction(model, input.vmId, 'edit') ?? decideAttach(model, input),
    auditParams: ({ diskId = '', lunId }) => (lunId === undefined ? { diskId } : { lunId }),
    plan: (model, input) => {
      const draft = planDeviceChange(model, input.vmId, { define: 'attaching-disk', plug: 'plugging-disk' })
      if (input.lunId !== undefined) {
        const { name, hostId } = requireVm(model, input.vmId)
        const text = { key: 'checking-lun', params: { vm: name, host: hostName(model, hostId) } }
        return {
          ...draft,
          // No domain is made of it meanwhile.
          locks: [...draft.locks, exclusive(`lun:${input.lunId}`), shared('storage-domains')],
          steps: [{ action: 'check-lun', hostId, text }, ...draft.steps],
        }
      }
      const disk = model.disks.get(input.diskId as DiskId)
      if (disk === undefined) return draft
      return { ...draft, locks: [...draft.locks, domainLock(disk.storageDomainId), diskLock(disk.id)] }
    },
    afterCrash: 'finish',
    steps: {
      'check-lun': {
        timeoutMs: LOOK_TIMEOUT_MS,
        run: async ({ input: { vmId, lunId = '' }, model, signal }) => {
          const { hosts, definitions } = dependencies
          const path = lunPathOf(lunId) ?? ''
          const link = hosts.get(requireVm(model(), vmId).hostId)
          await proveLunFree(link, { lunId, path }, { signal })
          for (const vm of model().vms.values()) {
            if (vm.id === vmId || !vm.disks.some(({ source }) => source === path)) continue
            const { xml } = await definitions.read(hosts.get(vm.hostId), vm)
            const isShared = withXmlErrors(vm, () => sharesPath(xml, path))
            if (!isShared) throw new AppError('vm.lun-taken', { lunId, otherName: vm.name })
          }
          return null
        },
        inspect: inspectNothing,
      },
      ...createDeviceSteps(dependencies, 'vm.attach-disk', ({ input, model }) => {
        const given = findGiven(model(), input)
        const has = (xml: string) => parseDomain(xml).disks.some(({ source }) => source === given.path)
        const part = (xml: string) => diskPart(given, input, requireVm(model(), input.vmId), xml)
        return {
          change: (xml) => (has(xml) ? xml : withDevice(xml, part(xml))),
          calls: (running) => (has(running) ? [] : [{ kind: 'attach', device: renderPart(part(running)) }]),
          plugs: [given.path],
        }
      }),
    },
    output: ({ results }) => waitingOf(results),
  }
}

function decideAttach(model: ModelSnapshot, { vmId, diskId, lunId, ...use }: AttachInput): AppError | null {
  const vm = requireVm(model, vmId)
  if (lunId !== undefined)
    return decideLun(model, lunId, { vmId, mayShare: use.shareable === true || use.readOnly === true })
  const cluster = model.clusters.get(vm.clusterId)
  if (cluster === undefined || diskId === undefined) return null
  const disk = model.disks.get(diskId)
  const refusal = decideDisk(model, cluster, { diskId, cache: 'none', boot: false })
  if (refusal !== null || disk === undefined) return refusal
  if (disk.usedBy.some(({ vmId: id }) => id === vmId)) return new AppError('vm.disk-twice', { alias: disk.alias })
  return decideHostHas(model, vm.hostId, disk.storageDomainId)
}

function findGiven(model: ModelSnapshot, { diskId, lunId }: AttachInput): Given {
  if (lunId !== undefined) {
    const path = lunPathOf(lunId)
    if (path === null) throw new AppError('vm.lun-unnameable', { lunId })
    // What a guest gives back the storage need not take.
    return { path, isBlock: true, format: 'raw', discard: false, readOnly: false, shareable: false }
  }
  const disk = diskId === undefined ? undefined : model.disks.get(diskId)
  if (disk === undefined) throw new AppError('disk.not-found', { diskId: diskId ?? '' })
  const domain = model.storageDomains.get(disk.storageDomainId)
  const isBlock = domain !== undefined && isBlockStorage(domain.storage)
  return { ...disk, isBlock, format: disk.format === 'raw' ? 'raw' : 'qcow2' }
}

/** On the bus of its first disk, where nobody says another. */
function diskPart(given: Given, input: AttachInput, vm: Vm, xml: string) {
  const { disks } = parseDomain(xml)
  const first = vm.disks.find(({ device }) => device === 'disk')?.bus
  const bus = input.bus ?? BUSES.find((each) => each === first) ?? 'virtio'
  const target = nextTarget(
    bus,
    [...disks, ...vm.disks].map((each) => each.target),
  )
  const use = {
    path: given.path,
    isBlock: given.isBlock,
    format: given.format,
    bus,
    cache: input.cache,
    discard: input.discard ?? given.discard,
    readOnly: input.readOnly ?? given.readOnly,
    shareable: input.shareable ?? given.shareable,
    serial: input.serial ?? null,
    isBooted: false,
  }
  return diskElement(use, target, null, false)
}

const BUSES = ['virtio', 'scsi', 'sata', 'ide', 'usb'] as const
