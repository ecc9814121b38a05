import { inspectNothing, type OperationHandler } from '../../engine/index.ts'
import { createDiskWork, type DiskDependencies, diskLock, domainLock, hostIdOf } from '../disk-work.ts'
import {
  decideDiskThere,
  decideFileThere,
  decideInFolder,
  decideUnused,
  diskSubject,
  firstRefusal,
  requireDisk,
} from '../rules.ts'
import { sendVolume, TRANSFER_LIMIT_MS } from '../transfer/send-volume.ts'

const OPEN_TIMEOUT_MS = 60_000

/** Gives a disk to a client as its file is, holes and all. One that a running machine writes would not be whole, and is refused. */
export function createDiskDownload(dependencies: DiskDependencies): OperationHandler<'disk.download'> {
  const { transfers, clock } = dependencies
  const work = createDiskWork(dependencies)
  return {
    name: 'disk.download',
    subject: diskSubject,
    validate: (model, { diskId }) =>
      firstRefusal(
        decideDiskThere(model, diskId, { unregistered: true }),
        decideFileThere(model, diskId),
        decideInFolder(model, model.disks.get(diskId)?.storageDomainId, 'disk.download'),
        // A medium is only read.
        model.disks.get(diskId)?.kind === 'image' ? null : decideUnused(model, diskId, { running: true }),
      ),
    plan: (model, { diskId }) => {
      const { disk, domain } = requireDisk(model, diskId)
      const hostId = hostIdOf(model, domain.id)
      const params = { fileName: disk.fileName, domain: domain.name }
      return {
        locks: [domainLock(domain.id), diskLock(diskId)],
        touches: [diskSubject(model, { diskId })],
        steps: [{ action: 'send', hostId, text: { key: 'sending', params }, cancellable: true }],
      }
    },
    afterCrash: 'undo',
    steps: {
      send: {
        timeoutMs: TRANSFER_LIMIT_MS,
        inspect: inspectNothing,
        run: async ({ input, user, model, signal, say, progress }) => {
          const { disk, domain } = requireDisk(model(), input.diskId)
          const { fileName, path } = disk
          const { host } = work.placeOf(model, domain.id)
          const { vol } = await host
            .family('storage')
            .call('STORAGE_VOL_LOOKUP_BY_PATH', { path }, { timeoutMs: OPEN_TIMEOUT_MS, signal })
          const { transferId, diskId } = input
          const object = { kind: 'disk', id: diskId } as const
          const { monotonicMs } = clock
          const to = { transfers, transferId, user, object }
          await sendVolume({ ...to, host, vol, fileName, signal, monotonicMs, progress, say })
          return null
        },
      },
    },
    output: () => ({}),
  }
}
