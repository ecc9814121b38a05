import { type Disk, type DiskId, isBlockStorage, type VmId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot, OperationHandler } from '../../engine/index.ts'
import { domainReference, isLibvirtError } from '../../hosts/index.ts'
import { admitIdle } from '../decide-idle.ts'
import { createDiskWork, type DiskDependencies, diskLock, domainLock, hostIdOf, throwUnlessDone } from '../disk-work.ts'
import { readImageHeader } from '../formats/index.ts'
import { fetchHead } from '../on-host/list-files.ts'
import { runLong } from '../on-host/run-long.ts'
import {
  decideDiskThere,
  decideDomainTakes,
  decideFileThere,
  decideInFolder,
  decideNoBase,
  decideUnused,
  decideWithoutSnapshots,
  diskSubject,
  firstRefusal,
  requireDisk,
} from '../rules.ts'

const TIMEOUT_MS = 60 * 60_000
const LIVE_TIMEOUT_MS = 60_000
/** `virDomainBlockResizeFlags`. */
const SIZE_IN_BYTES = 1

/** Makes a disk larger: by the machine that runs with it, else in its file. */
export function createDiskResize(dependencies: DiskDependencies): OperationHandler<'disk.resize'> {
  const { registry, store, projection, refreshVolumes } = dependencies
  const work = createDiskWork(dependencies)
  /** QEMU holds the file: it alone may change its size, and tells the guest. */
  const growRunning = async (model: ModelSnapshot, vmId: VmId, disk: Disk, sizeBytes: number, signal: AbortSignal) => {
    const vm = model.vms.get(vmId)
    if (vm === undefined) throw new AppError('vm.not-found', { vmId })
    const { id: uuid, name, hostId } = vm
    const request = {
      dom: domainReference({ name, uuid }),
      disk: disk.path,
      size: BigInt(sizeBytes),
      flags: SIZE_IN_BYTES,
    }
    try {
      await registry.get(hostId).control().call('DOMAIN_BLOCK_RESIZE', request, { timeoutMs: LIVE_TIMEOUT_MS, signal })
    } catch (error) {
      if (!isLibvirtError(error)) throw error
      const { message } = error.params
      const about = { cause: error, subject: name, hostId }
      throw new AppError('vm.operation-refused', { name, action: 'edit', message }, about)
    }
  }
  return {
    name: 'disk.resize',
    subject: diskSubject,
    ...admitIdle,
    validate: (model, { diskId, sizeBytes }) =>
      firstRefusal(
        decideDiskThere(model, diskId),
        decideFileThere(model, diskId),
        decideGrowable(model, diskId),
        decideNoBase(model, diskId, 'disk.resize'),
        decideWithoutSnapshots(model, diskId, 'disk.resize'),
        decideLarger(model, diskId, sizeBytes),
        decideRoomOnLuns(model, diskId, sizeBytes),
      ),
    auditParams: ({ sizeBytes }) => ({ sizeBytes }),
    plan: (model, { diskId, sizeBytes }) => {
      const { disk, domain } = requireDisk(model, diskId)
      const params = {
        fileName: disk.fileName,
        domain: domain.name,
        gib: Math.round((sizeBytes / 1024 ** 3) * 10) / 10,
      }
      return {
        locks: [domainLock(domain.id), diskLock(diskId)],
        touches: [diskSubject(model, { diskId })],
        steps: [{ action: 'resize', hostId: hostIdOf(model, domain.id), text: { key: 'resizing', params } }],
      }
    },
    afterCrash: 'finish',
    steps: {
      resize: {
        timeoutMs: TIMEOUT_MS,
        run: async ({ input: { diskId, sizeBytes }, model, signal, user: asker }) => {
          const { disk, domain } = requireDisk(model(), diskId)
          const [user] = disk.usedBy.filter(({ running }) => running)
          const place = work.placeOf(model, domain.id)
          const { fileName, format } = disk
          if (user === undefined) {
            const script = place.files.resize(fileName, { format, virtualBytes: sizeBytes })
            throwUnlessDone(place, await runLong(place.host, place.folder, script, { signal }), 'qemu-img')
          } else {
            const vm = model().vms.get(user.vmId)
            if (isBlockStorage(domain.storage) && vm !== undefined) {
              // One host extends the volume, and the one that runs the machine sees it then.
              const script = place.files.grow(fileName, { format, virtualBytes: sizeBytes })
              throwUnlessDone(place, await runLong(place.host, place.folder, script, { signal }), 'qemu-img')
              await refreshVolumes(vm.hostId, [disk.path], signal)
            }
            await growRunning(model(), user.vmId, disk, sizeBytes, signal)
            if (isBlockStorage(domain.storage)) await work.run(place, place.files.label(fileName, sizeBytes), signal)
          }
          await store.edit(diskId, { virtualBytes: sizeBytes }, { user: asker, base: undefined })
          await projection.refresh(domain.id, { withPool: true })
          return null
        },
        inspect: async ({ input: { diskId, sizeBytes }, model, user }) => {
          const { disk, domain } = requireDisk(model(), diskId)
          // All that is done to a volume may be done once more, and its first bytes are not read.
          if (isBlockStorage(domain.storage)) return disk.virtualBytes === sizeBytes ? 'done' : 'absent'
          const place = work.placeOf(model, domain.id)
          if (disk.format === 'raw') return disk.virtualBytes === sizeBytes ? 'done' : 'absent'
          const header = readImageHeader(await fetchHead(place, disk.fileName))
          if (header.kind !== 'image' || header.virtualBytes !== sizeBytes) return 'absent'
          await store.edit(diskId, { virtualBytes: sizeBytes }, { user, base: undefined })
          await projection.refresh(domain.id, { withPool: true })
          return 'done'
        },
      },
    },
    output: () => ({}),
  }
}

/** Is nobody in the way? One machine that runs with it can make it larger itself; of several, none may. */
function decideGrowable(model: ModelSnapshot, diskId: DiskId): AppError | null {
  const disk = model.disks.get(diskId)
  const running = disk?.usedBy.filter(({ running: runs }) => runs) ?? []
  const [only] = running
  const isItsOwn = model.vms.get(only?.vmId as VmId)?.disks.some(({ source }) => source === disk?.path) === true
  // A disk that a machine's layer lies on must stay as it is.
  if (running.length === 0 || (running.length === 1 && isItsOwn)) return null
  return decideUnused(model, diskId, { running: true })
}

function decideLarger(model: ModelSnapshot, diskId: DiskId, sizeBytes: number): AppError | null {
  const disk = model.disks.get(diskId)
  if (disk === undefined) return null
  const { alias, format, virtualBytes } = disk
  if (format !== 'raw' && format !== 'qcow2') {
    return new AppError('disk.wrong-format', { alias, format, action: 'disk.resize' })
  }
  if (virtualBytes === null || sizeBytes > virtualBytes) return null
  return new AppError('disk.shrink-refused', { alias, sizeBytes, virtualBytes })
}

/** On LUNs a disk has all its space from the start: there has to be some for it to grow. */
function decideRoomOnLuns(model: ModelSnapshot, diskId: DiskId, sizeBytes: number): AppError | null {
  const disk = model.disks.get(diskId)
  const domain = disk === undefined ? undefined : model.storageDomains.get(disk.storageDomainId)
  if (disk === undefined || domain === undefined || !isBlockStorage(domain.storage)) return null
  // Through a larger raw one the guest would see what others have left in the new part.
  if (disk.format !== 'qcow2') return decideInFolder(model, domain.id, 'disk.resize')
  return decideDomainTakes(model, domain.id, sizeBytes - (disk.virtualBytes ?? 0))
}
