import { duplexPair } from 'node:stream'
import type { HostRoute, LinkClock } from '../../../../src/main/hosts/index.ts'
import { procedures } from '../../../../src/main/libvirt/protocol/procedures.gen.ts'
import type { HostDefinition, HostId } from '../../../../src/shared/domain/index.ts'
import type { AppError } from '../../../../src/shared/errors/index.ts'
import { FakeDaemon, type Received } from '../libvirt/fake-daemon.ts'

export const DEFINITION: HostDefinition = {
  id: 'aaaaaaaa-0000-4000-8000-000000000001' as HostId,
  name: 'rack',
  transport: 'ssh',
  address: 'rack.example.org',
  port: null,
  user: null,
  authentication: 'key',
  privateKeyPath: null,
  libvirtMode: 'system',
}

const NO_SUPPORT = 3

/** Answers of a daemon that has no domains; everything else it does not support. */
const ANSWERS: Readonly<Record<number, unknown>> = {
  [procedures.AUTH_LIST.number]: { types: [0] },
  [procedures.CONNECT_SUPPORTS_FEATURE.number]: { supported: 0 },
  [procedures.CONNECT_OPEN.number]: undefined,
  [procedures.CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY.number]: { callbackID: 1 },
  [procedures.CONNECT_NETWORK_EVENT_REGISTER_ANY.number]: { callbackID: 2 },
  [procedures.CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY.number]: { callbackID: 3 },
  [procedures.CONNECT_LIST_ALL_DOMAINS.number]: { domains: [], ret: 0 },
  [procedures.CONNECT_GET_ALL_DOMAIN_STATS.number]: { retStats: [] },
}

/** A way to a host under the test's control. */
export interface FakeRoute extends HostRoute {
  /** The way ends by itself. */
  lose(error: AppError): void
  readonly isClosed: boolean
}

/** A route to a daemon without domains. */
export function makeRoute(): FakeRoute {
  const ended = Promise.withResolvers<AppError | null>()
  const daemons: FakeDaemon[] = []
  let isClosed = false
  const end = (error: AppError | null) => {
    isClosed = true
    for (const daemon of daemons) daemon.transport.destroy()
    ended.resolve(error)
  }
  return {
    session: null,
    hostKey: { type: 'ssh-ed25519', fingerprint: 'SHA256:x' },
    endpoint: null,
    configSkipped: [],
    openLibvirt: async () => {
      const [ours, theirs] = duplexPair()
      const daemon = new FakeDaemon(theirs)
      daemons.push(daemon)
      void serve(daemon)
      return ours
    },
    forwardSocket: () => Promise.reject(new Error('not here')),
    forwardTcp: () => Promise.reject(new Error('not here')),
    closed: ended.promise,
    close: async () => end(null),
    lose: end,
    get isClosed() {
      return isClosed
    },
  }
}

async function serve(daemon: FakeDaemon): Promise<never> {
  for (;;) {
    const received: Received = await daemon.next()
    const { procedure } = received.header
    // The fake answers the goodbye by itself.
    if (procedure === procedures.CONNECT_CLOSE.number) continue
    const known = procedure in ANSWERS
    daemon.send(known ? daemon.reply(received, ANSWERS[procedure]) : daemon.failure(received, { code: NO_SUPPORT }))
  }
}

/** A clock that stands still; its timers run when the test says so. */
export function makeClock(): LinkClock & { readonly delaysMs: () => number[]; run(delayMs: number): void } {
  const timers = new Map<object, { delayMs: number; action: () => void }>()
  return {
    now: () => 1_000_000,
    monotonicMs: () => 1_000_000,
    after: (delayMs, action) => {
      const key = {}
      // What is due at once is not waited for.
      if (delayMs === 0) setImmediate(action)
      else timers.set(key, { delayMs, action })
      return () => timers.delete(key)
    },
    delaysMs: () => [...timers.values()].map((timer) => timer.delayMs),
    run: (delayMs) => {
      for (const [key, timer] of timers) {
        if (timer.delayMs !== delayMs) continue
        timers.delete(key)
        timer.action()
      }
    },
  }
}
