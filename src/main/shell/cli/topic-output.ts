import { isTopicName } from '../../../shared/contract/index.ts'
import { reportFailure } from './call.ts'
import type { AnyEntity, EngineAccess, TopicAddressText, WatchFrame } from './engine-access.ts'
import { formatTopic } from './format-topic.ts'
import type { CliIo } from './io.ts'
import { EXIT } from './io.ts'
import { printable } from './table.ts'

interface OutputOptions {
  readonly json: boolean
  readonly dataDir: string | null
}

/** `get`: prints a topic once, with `--json` as an array of its entities. */
export async function runGet(
  access: EngineAccess,
  address: TopicAddressText,
  options: OutputOptions,
  io: CliIo,
): Promise<number> {
  const result = await access.read(address)
  if (!result.ok) return reportFailure(result.error, null, options, io)
  await io.out(
    options.json ? `${JSON.stringify(result.value, null, 2)}\n` : formatEntities(address.topic, result.value),
  )
  return EXIT.ok
}

/** Frames that may wait for a slow reader of the output before the watch is given up. */
const WAITING_LIMIT = 10_000

/** `watch`: prints the topic, then a line for each batch of changes, until it is interrupted. */
export async function runWatch(
  access: EngineAccess,
  address: TopicAddressText,
  options: OutputOptions,
  io: CliIo,
): Promise<number> {
  let waiting = 0
  let written = Promise.resolve()
  const tooSlow = new AbortController()
  const onFrame = (frame: WatchFrame) => {
    waiting += 1
    if (waiting > WAITING_LIMIT) tooSlow.abort()
    const text = options.json ? `${JSON.stringify(frame)}\n` : formatFrame(address.topic, frame)
    written = written
      .then(() => io.out(text))
      .finally(() => {
        waiting -= 1
      })
  }
  const error = await access.watch(address, onFrame, AbortSignal.any([io.stopped, tooSlow.signal]))
  await written
  if (tooSlow.signal.aborted) {
    io.err('virtdeck: the output was not read fast enough\n')
    return EXIT.failed
  }
  return error === null ? EXIT.ok : reportFailure(error, null, options, io)
}

function formatEntities(topic: string, entities: readonly AnyEntity[]): string {
  // The engine that answered parsed nothing out of these: they are entities of the topic that was asked for.
  return isTopicName(topic) ? formatTopic(topic, entities as never) : `${JSON.stringify(entities, null, 2)}\n`
}

function formatFrame(topic: string, frame: WatchFrame): string {
  if (frame.t === 'snapshot') return formatEntities(topic, frame.entities)
  const changed = frame.upsert.map((entity) => `~ ${labelOf(entity)}\n`)
  return [...changed, ...frame.remove.map((id) => `- ${printable(id)}\n`)].join('')
}

function labelOf(entity: AnyEntity): string {
  const fields = Object.entries(entity).filter(([name]) => name === 'name' || name === 'status' || name === 'kind')
  return printable([...fields.map(([, value]) => String(value)), entity.id].join('  '))
}
