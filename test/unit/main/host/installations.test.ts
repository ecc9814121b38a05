import { expect, test } from 'vitest'
import { buildHost } from '../../../../src/main/host/build-host.ts'
import { Installations } from '../../../../src/main/host/install/installations.ts'
import type { HostId, Task } from '../../../../src/shared/domain/index.ts'
import { inventError } from '../../renderer/invented.ts'
import { makeDefinition } from './make-definition.ts'
import { makeParts } from './make-parts.ts'

const HOST = 'h' as HostId
const failure = inventError('host.install-failed', { address: 'a', exitCode: 100, detail: 'no such package' })

const install = (number: number, status: Task['status'], change: Partial<Task> = {}): Task =>
  ({
    id: String(number),
    command: 'host.install',
    subject: { kind: 'host', id: HOST, name: 'a' },
    status,
    queuedAt: number * 10,
    startedAt: number * 10 + 1,
    finishedAt: number * 10 + 2,
    error: status === 'failed' ? failure : null,
    ...change,
  }) as Task

/** What is heard of a host while its tasks are told one after the other. */
function follow(tasks: readonly Task[], known: readonly Task[] = []) {
  const heard: string[] = []
  let tell: (frame: unknown) => void = () => undefined
  const topics = {
    subscribe: (_address: unknown, listener: (frame: unknown) => void) => {
      tell = listener
      listener({ t: 'snapshot', entities: known })
      return { unsubscribe: () => undefined }
    },
  }
  const installations = new Installations(topics as never, (_hostId, { state }) => heard.push(state))
  for (const task of tasks) tell({ t: 'patch', upsert: [task], remove: [] })
  return { heard, now: installations.of(HOST) }
}

test.each<[string, readonly Task[], readonly string[], string]>([
  ['it ends well', [install(1, 'queued'), install(1, 'running'), install(1, 'succeeded')], ['running', 'none'], 'none'],
  ['it fails', [install(1, 'running'), install(1, 'failed')], ['running', 'failed'], 'failed'],
  ['nobody can say yet', [install(1, 'unknown')], ['running'], 'running'],
  [
    'it is tried again',
    [install(1, 'failed'), install(2, 'running'), install(2, 'succeeded')],
    ['failed', 'running', 'none'],
    'none',
  ],
  ['an older one is told later', [install(2, 'failed'), install(1, 'succeeded')], ['failed'], 'failed'],
  ['a person calls it off', [install(1, 'running'), install(1, 'cancelled')], ['running', 'none'], 'none'],
  ['it is about something else', [install(1, 'failed', { command: 'host.add' })], [], 'none'],
])('when %s', (_when, tasks, heard, state) => {
  const found = follow(tasks)
  expect(found.heard).toEqual(heard)
  expect(found.now.state).toBe(state)
})

test('what an engine before this one left is known from the start', () => {
  expect(follow([], [install(1, 'failed')]).now).toEqual({ state: 'failed', since: 12, error: failure })
})

test('a host shows it, since when, and why it failed', () => {
  const state = {
    definition: makeDefinition(),
    status: 'connecting',
    statusSince: 1,
    error: null,
    nextAttemptAt: null,
    reconnecting: false,
    hostKey: null,
    endpoint: null,
    configSkipped: [],
    facts: null,
    asOf: null,
    stale: true,
    drivers: new Map(),
  } as const
  const running = follow([install(1, 'running')]).now
  expect(buildHost(makeParts(state, { installation: running }))).toMatchObject({
    status: 'installing',
    statusSince: 11,
    statusError: null,
  })
  const failed = follow([install(1, 'failed')]).now
  expect(buildHost(makeParts(state, { installation: failed }))).toMatchObject({
    status: 'install-failed',
    statusSince: 12,
    statusError: { code: 'host.install-failed' },
  })
})
