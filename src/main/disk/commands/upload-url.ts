import { z } from 'zod'
import { diskFileNameSchema } from '../../../shared/contract/index.ts'
import { diskIdSchema } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler, StepContext } from '../../engine/index.ts'
import { createDiskWork, type DiskDependencies, domainLock, hostIdOf, partName, throwUnlessDone } from '../disk-work.ts'
import { describeArrived, domainName, inPart, makePartStep, publishStep } from '../new-file.ts'
import { runLong } from '../on-host/run-long.ts'
import { fetchScript, hashScript, truncateScript } from '../on-host/scripts.ts'
import {
  decideDomainTakes,
  decideFileFree,
  decideInFolder,
  domainSubject,
  firstRefusal,
  requireDomain,
  withoutPacking,
} from '../rules.ts'
import { parsePipeEnd, settleFile } from '../settle-file.ts'
import { settledSchema } from './upload.ts'

const DAY_MS = 24 * 60 * 60_000
const MIB = 1024 * 1024

type Context = StepContext<'disk.upload-url'>

/** Has a host fetch an image by itself: its bytes do not pass the engine. */
export function createDiskUploadUrl(dependencies: DiskDependencies): OperationHandler<'disk.upload-url'> {
  const work = createDiskWork(dependencies)
  const domainOf = ({ input }: Context) => input.storageDomainId
  const finishedOf = ({ input, ids, results, model }: Context) => {
    const settled = settledSchema.parse(results.settle)
    const fileName = fileNameOf(input)
    const { storage } = requireDomain(model(), input.storageDomainId)
    return { part: settled.part, definition: describeArrived(settled, { ...input, fileName, ids, storage }) }
  }
  return {
    name: 'disk.upload-url',
    ids: ['diskId'],
    subject: domainSubject,
    validate: (model, input) =>
      firstRefusal(
        input.allowHttp || input.url.startsWith('https:')
          ? null
          : new AppError('disk.url-not-https', { url: shownUrl(input.url) }),
        decideDomainTakes(model, input.storageDomainId, 0),
        decideInFolder(model, input.storageDomainId, 'disk.upload-url'),
        decideFileFree(model, input.storageDomainId, withoutPacking(fileNameOf(input))),
      ),
    auditParams: ({ url }) => ({ url: shownUrl(url) }),
    plan: (model, input) => {
      const { storageDomainId } = input
      const hostId = hostIdOf(model, storageDomainId)
      const params = {
        fileName: fileNameOf(input),
        url: shownUrl(input.url),
        domain: domainName(model, storageDomainId),
      }
      return {
        locks: [domainLock(storageDomainId)],
        touches: [domainSubject(model, { storageDomainId })],
        steps: [
          { action: 'make', hostId, text: { key: 'making-file', params } },
          { action: 'fetch', hostId, text: { key: 'fetching', params }, weight: 50, cancellable: true },
          { action: 'settle', hostId, text: { key: 'settling', params }, weight: 10, cancellable: true },
          { action: 'publish', hostId, text: { key: 'publishing', params } },
        ],
      }
    },
    afterCrash: 'undo',
    steps: {
      make: makePartStep(work, domainOf),
      fetch: { ...inPart, timeoutMs: DAY_MS, run: fetchFile },
      settle: { ...inPart, timeoutMs: DAY_MS, run: settle },
      publish: publishStep(work, domainOf, finishedOf),
    },
    output: ({ results }) => z.object({ diskId: diskIdSchema }).parse(results.publish),
  }

  async function fetchFile({ input, model, operationId, signal, say }: Context) {
    const place = work.placeOf(model, input.storageDomainId)
    const part = partName(operationId)
    const fileName = fileNameOf(input)
    const end = await runLong(place.host, place.folder, fetchScript(input.url, part, input), {
      signal,
      onOutput: (text) => {
        const { bytes } = parsePipeEnd(text)
        if (bytes > 0) say('fetching-now', { fileName, doneMiB: Math.floor(bytes / MIB) })
      },
    })
    throwUnlessDone(place, end, 'curl')
    const { exitCode, bytes } = parsePipeEnd(end.stdout)
    const url = shownUrl(input.url)
    if (bytes > input.limitBytes) throw new AppError('disk.url-too-large', { url, limitBytes: input.limitBytes })
    if (exitCode !== 0) {
      const detail = end.stderr.trim().slice(-300) || `exit code ${exitCode}`
      throw new AppError('disk.url-failed', { url, hostName: place.host.definition.name, detail })
    }
    await work.run(place, truncateScript(part, bytes), signal)
    if (input.sha256 !== undefined) {
      say('comparing', { fileName })
      const hashed = await runLong(place.host, place.folder, hashScript(part), { signal })
      throwUnlessDone(place, hashed, 'sha256sum')
      const actual = hashed.stdout.trim().slice(0, 64)
      if (actual !== input.sha256)
        throw new AppError('disk.checksum-differs', { fileName, expected: input.sha256, actual })
    }
    return { sizeBytes: bytes }
  }

  function settle({ input, model, operationId, signal, progress, say, results }: Context) {
    const place = work.placeOf(model, input.storageDomainId)
    const { sizeBytes } = z.object({ sizeBytes: z.number() }).parse(results.fetch)
    const fileName = fileNameOf(input)
    return settleFile(
      { fileName, sizeBytes, header: null },
      { place, operationId, signal, work, onProgress: progress, say: (key) => say(key, { fileName }) },
    )
  }
}

/** An address without what may be secret in it. Pure. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

/** Given, or the last part of the address; "image" where that is no name. Pure. */
export function fileNameOf({
  fileName,
  url,
}: {
  readonly fileName?: string | undefined
  readonly url: string
}): string {
  if (fileName !== undefined) return fileName
  let last = new URL(url).pathname.split('/').at(-1) ?? ''
  try {
    last = decodeURIComponent(last)
  } catch {
    last = ''
  }
  const parsed = diskFileNameSchema.safeParse(last)
  return parsed.success ? parsed.data : 'image'
}
