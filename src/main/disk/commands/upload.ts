import { z } from 'zod'
import { diskFormatSchema, diskIdSchema } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler, StepContext } from '../../engine/index.ts'
import type { DiskPlace } from '../disk-place.ts'
import { createDiskWork, type DiskDependencies, domainLock, hostIdOf, partName, throwUnlessDone } from '../disk-work.ts'
import { describeArrived, domainName, inPart, makePartStep, publishStep } from '../new-file.ts'
import { asRootCommand } from '../on-host/run-as-root.ts'
import { inFolder } from '../on-host/scripts.ts'
import {
  decideDomainTakes,
  decideFileFree,
  decideUnpacked,
  domainSubject,
  firstRefusal,
  requireDomain,
  withoutPacking,
} from '../rules.ts'
import { settleFile } from '../settle-file.ts'
import { type Received, receiveFile } from '../transfer/receive-file.ts'
import { TRANSFER_LIMIT_MS } from '../transfer/send-volume.ts'
import { createPaceMeter } from '../transfer/transfer-pace.ts'
import { withPatience } from '../transfer/with-patience.ts'

const DAY_MS = 24 * 60 * 60_000

type Context = StepContext<'disk.upload'>

export const settledSchema = z.object({
  part: z.string(),
  format: diskFormatSchema,
  kind: z.enum(['disk', 'image']),
  virtualBytes: z.number(),
})

/** Takes a file from a client: streamed to the host under a name that says that it is not whole, compared, unpacked or converted where it has to be, then named. */
export function createDiskUpload(dependencies: DiskDependencies): OperationHandler<'disk.upload'> {
  const { transfers, clock } = dependencies
  const work = createDiskWork(dependencies)
  const domainOf = ({ input }: Context) => input.storageDomainId
  const finishedOf = ({ input, ids, results, model }: Context) => {
    const settled = settledSchema.parse(results.settle)
    return {
      part: settled.part,
      definition: describeArrived(settled, {
        ...input,
        ids,
        storage: requireDomain(model(), input.storageDomainId).storage,
      }),
    }
  }
  return {
    name: 'disk.upload',
    ids: ['diskId'],
    subject: domainSubject,
    // A disk's own name has its id in it; a medium's is its own, and whether it is one is seen when it comes.
    validate: (model, { storageDomainId, fileName }) =>
      firstRefusal(
        decideDomainTakes(model, storageDomainId, 0),
        decideFileFree(model, storageDomainId, withoutPacking(fileName)),
        decideUnpacked(model, storageDomainId, fileName),
      ),
    auditParams: ({ fileName, sizeBytes }) => ({ fileName, sizeBytes }),
    plan: (model, { storageDomainId, fileName, sizeBytes }) => {
      const hostId = hostIdOf(model, storageDomainId)
      const params = { fileName, domain: domainName(model, storageDomainId), mib: Math.ceil(sizeBytes / 1024 ** 2) }
      return {
        locks: [domainLock(storageDomainId)],
        touches: [domainSubject(model, { storageDomainId })],
        steps: [
          { action: 'make', hostId, text: { key: 'making-file', params } },
          { action: 'receive', hostId, text: { key: 'receiving', params }, weight: 50, cancellable: true },
          { action: 'settle', hostId, text: { key: 'settling', params }, weight: 10, cancellable: true },
          { action: 'publish', hostId, text: { key: 'publishing', params } },
        ],
      }
    },
    // What a client sends cannot be asked for again once nobody knows how far it came.
    afterCrash: 'undo',
    steps: {
      make: makePartStep(work, domainOf, ({ input }) => input.sizeBytes),
      receive: { ...inPart, timeoutMs: TRANSFER_LIMIT_MS, run: receive },
      settle: { ...inPart, timeoutMs: DAY_MS, run: settle },
      publish: publishStep(work, domainOf, finishedOf),
    },
    output: ({ results }) => z.object({ diskId: diskIdSchema }).parse(results.publish),
  }

  async function receive(context: Context): Promise<null> {
    const { input, user, operationId, model, memory, say, progress } = context
    const { transferId, fileName, sizeBytes, sha256, storageDomainId } = input
    const transfer = transfers.openIncoming({
      transferId,
      user,
      object: { kind: 'storage-domain', id: storageDomainId },
    })
    const name = domainName(model(), storageDomainId)
    const meter = createPaceMeter(sizeBytes, clock.monotonicMs, ({ fraction, ...pace }) => {
      progress(fraction)
      const { remainingSeconds, ...known } = pace
      if (remainingSeconds === null) say('receiving-waiting', { fileName, ...known })
      else say('receiving-now', { fileName, ...known, remainingSeconds })
    })
    try {
      const received = await receiveFile({
        receiver: transfer.receiver,
        fileName,
        sizeBytes,
        sha256,
        signal: AbortSignal.any([context.signal, transfer.abandoned]),
        target: () => ({ ...work.placeOf(model, storageDomainId), name: partName(operationId) }),
        monotonicMs: clock.monotonicMs,
        onProgress: meter.add,
        onPaused: () => say('receiving-paused', { fileName, domain: name }),
      })
      memory.set('received', received)
      // The client has given all; what follows it hears of by its command.
      transfer.close(null)
      return null
    } catch (error) {
      transfer.close(error)
      throw error
    }
  }

  async function settle(context: Context) {
    const { input, memory, model, operationId, signal, say, progress } = context
    const { fileName, storageDomainId } = input
    const { digest, header, packed, sizeBytes } = memory.get('received') as Received
    const domain = domainName(model(), storageDomainId)
    const patience = {
      host: () => work.placeOf(model, storageDomainId).host,
      signal,
      monotonicMs: clock.monotonicMs,
      onPaused: () => say('receiving-paused', { fileName, domain }),
    }
    return withPatience(patience, async () => {
      const place = work.placeOf(model, storageDomainId)
      // What an attempt before this one has left; and a hole at the end is not written by anybody.
      const leftOver = place.files.remove(...[1, 2].map((stage) => partName(operationId, stage)))
      const truncated = place.files.truncate(partName(operationId), sizeBytes)
      await work.run(place, `${leftOver}; ${truncated}`, signal)
      if (digest !== null) await compare(place, digest, context)
      return settleFile(
        { fileName, sizeBytes, header: packed === null ? header : null },
        { place, operationId, signal, work, onProgress: progress, say: (key) => say(key, { fileName }) },
      )
    })
  }

  /** Has the host read back where there is data. */
  async function compare(
    place: DiskPlace,
    digest: NonNullable<Received['digest']>,
    { input: { fileName }, operationId, signal, say }: Context,
  ): Promise<void> {
    say('comparing', { fileName })
    const list = digest.extents.map(([offset, bytes]) => `${offset} ${bytes}\n`).join('')
    const end = await place.host.runScript(
      asRootCommand(inFolder(place.folder, place.files.hashExtents(partName(operationId)))),
      {
        timeoutMs: DAY_MS,
        maxOutputBytes: 64 * 1024,
        input: `${list}\n`,
        signal,
      },
    )
    throwUnlessDone(place, end, 'sha256sum')
    if (end.stdout.trim().slice(0, 64) !== digest.sha256) {
      throw new AppError('disk.written-wrong', { fileName, hostName: place.host.definition.name })
    }
  }
}
