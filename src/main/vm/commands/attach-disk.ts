import type { ParsedInput } from '../../../shared/contract/index.ts'
import { type Disk, isBlockStorage, type Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { diskLock, domainLock } from '../../disk/index.ts'
import type { ModelSnapshot, OperationHandler } from '../../engine/index.ts'
import { parseDomain, renderPart } from '../../xml/index.ts'
import { decideDisk } from '../create/decide-parts.ts'
import { diskElement, nextTarget } from '../definition/index.ts'
import { onVm } from '../domain-action.ts'
import { withDevice } from '../edit/change-devices.ts'
import { decideAction, hostName, requireVm } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'
import { createDeviceSteps, planDeviceChange, waitingOf } from './device-change.ts'

type AttachInput = ParsedInput<'vm.attach-disk'>

/** Gives a VM a disk that is there. */
export function createAttachDisk(dependencies: VmEditDependencies): OperationHandler<'vm.attach-disk'> {
  return {
    name: 'vm.attach-disk',
    ...onVm(dependencies.hosts, 'edit'),
    validate: (model, input) => decideAction(model, input.vmId, 'edit') ?? decideAttach(model, input),
    auditParams: ({ diskId }) => ({ diskId }),
    plan: (model, input) => {
      const draft = planDeviceChange(model, input.vmId, { define: 'attaching-disk', plug: 'plugging-disk' })
      const disk = model.disks.get(input.diskId)
      if (disk === undefined) return draft
      return { ...draft, locks: [...draft.locks, domainLock(disk.storageDomainId), diskLock(disk.id)] }
    },
    afterCrash: 'finish',
    steps: createDeviceSteps(dependencies, 'vm.attach-disk', ({ input, model }) => {
      const disk = model().disks.get(input.diskId)
      if (disk === undefined) throw new AppError('disk.not-found', { diskId: input.diskId })
      const has = (xml: string) => parseDomain(xml).disks.some(({ source }) => source === disk.path)
      const domain = model().storageDomains.get(disk.storageDomainId)
      const isBlock = domain !== undefined && isBlockStorage(domain.storage)
      const part = (xml: string) => diskPart({ ...disk, isBlock }, input, requireVm(model(), input.vmId), xml)
      return {
        change: (xml) => (has(xml) ? xml : withDevice(xml, part(xml))),
        call: (running) => (has(running) ? null : { kind: 'attach', device: renderPart(part(running)) }),
        plugs: [disk.path],
      }
    }),
    output: ({ results }) => waitingOf(results),
  }
}

function decideAttach(model: ModelSnapshot, { vmId, diskId }: AttachInput): AppError | null {
  const vm = requireVm(model, vmId)
  const cluster = model.clusters.get(vm.clusterId)
  const disk = model.disks.get(diskId)
  if (cluster === undefined) return null
  const refusal = decideDisk(model, cluster, { diskId, cache: 'none', boot: false })
  if (refusal !== null || disk === undefined) return refusal
  if (disk.usedBy.some(({ vmId: id }) => id === vmId)) return new AppError('vm.disk-twice', { alias: disk.alias })
  const domain = model.storageDomains.get(disk.storageDomainId)
  const isThere = domain?.connections.some(({ hostId, status }) => hostId === vm.hostId && status === 'connected')
  if (domain === undefined || isThere === true) return null
  return new AppError('vm.host-storage-missing', { hostName: hostName(model, vm.hostId), storageName: domain.name })
}

/** On the bus of its first disk, where nobody says another. */
function diskPart(disk: Disk & { readonly isBlock: boolean }, input: AttachInput, vm: Vm, xml: string) {
  const { disks } = parseDomain(xml)
  const first = vm.disks.find(({ device }) => device === 'disk')?.bus
  const bus = input.bus ?? BUSES.find((each) => each === first) ?? 'virtio'
  const target = nextTarget(
    bus,
    [...disks, ...vm.disks].map((each) => each.target),
  )
  const use = {
    path: disk.path,
    isBlock: disk.isBlock,
    format: disk.format === 'raw' ? ('raw' as const) : ('qcow2' as const),
    bus,
    cache: input.cache,
    discard: input.discard ?? disk.discard,
    readOnly: input.readOnly ?? disk.readOnly,
    shareable: input.shareable ?? disk.shareable,
    serial: input.serial ?? null,
    isBooted: false,
  }
  return diskElement(use, target, null, false)
}

const BUSES = ['virtio', 'scsi', 'sata', 'ide', 'usb'] as const
