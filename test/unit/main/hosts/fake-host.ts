import { type Duplex, duplexPair } from 'node:stream'
import type { DriverFamily, HostRoute, LinkClock } from '../../../../src/main/hosts/index.ts'
import { REMOTE } from '../../../../src/main/libvirt/protocol/procedure.ts'
import { procedures } from '../../../../src/main/libvirt/protocol/procedures.gen.ts'
import type { ClusterId, HostDefinition, HostId } from '../../../../src/shared/domain/index.ts'
import type { AppError } from '../../../../src/shared/errors/index.ts'
import { FakeDaemon, type Received } from '../libvirt/fake-daemon.ts'

export const DEFINITION: HostDefinition = {
  id: 'aaaaaaaa-0000-4000-8000-000000000001' as HostId,
  clusterId: 'dddddddd-0000-4000-8000-000000000004' as ClusterId,
  name: 'rack',
  transport: 'ssh',
  address: 'rack.example.org',
  port: null,
  user: null,
  authentication: 'key',
  privateKeyPath: null,
  jumpHost: null,
  storageManagerPriority: 5,
  libvirtMode: 'system',
}

type Name = keyof typeof procedures

/** Answers of a daemon that has no domains, networks or pools; everything else it does not support. */
const ANSWERS: Partial<Record<Name, unknown>> = {
  AUTH_LIST: { types: [0] },
  CONNECT_SUPPORTS_FEATURE: { supported: 0 },
  CONNECT_OPEN: undefined,
  CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY: { callbackID: 1 },
  CONNECT_NETWORK_EVENT_REGISTER_ANY: { callbackID: 2 },
  CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY: { callbackID: 3 },
  CONNECT_LIST_ALL_DOMAINS: { domains: [], ret: 0 },
  CONNECT_GET_ALL_DOMAIN_STATS: { retStats: [] },
  CONNECT_LIST_ALL_NETWORKS: { nets: [], ret: 0 },
  CONNECT_LIST_ALL_STORAGE_POOLS: { pools: [], ret: 0 },
}

/** A failure that a daemon answers with. */
export class Refusal {
  readonly code: number
  readonly domain: number

  constructor(code: number, domain = 0) {
    this.code = code
    this.domain = domain
  }
}

/** A call that is never answered. */
export const SILENCE = Symbol('silence')

/** The daemons behind one socket of the fake host, under the test's control. */
export class FakeDoor {
  /** In place of the usual answers. */
  readonly answers: Partial<Record<Name, unknown>> = {}
  /** Why the socket cannot be opened. */
  refusal: AppError | null = null
  /** One for each connection, in the order in which they were opened. */
  readonly daemons: FakeDaemon[] = []
  /** What was called, on all of them. */
  readonly calls: { readonly name: Name; readonly args: unknown }[] = []
  readonly #silent: { readonly daemon: FakeDaemon; readonly received: Received; readonly answer: unknown }[] = []

  open(): Duplex {
    if (this.refusal !== null) throw this.refusal
    const [ours, theirs] = duplexPair()
    const daemon = new FakeDaemon(theirs)
    this.daemons.push(daemon)
    void this.#serve(daemon)
    return ours
  }

  /** Ends all connections, as a daemon that dies does. */
  cut(): void {
    for (const daemon of this.daemons.splice(0)) daemon.transport.end()
  }

  /** Answers the calls that met `SILENCE`. */
  answerLate(): void {
    for (const { daemon, received, answer } of this.#silent.splice(0)) daemon.send(daemon.reply(received, answer))
  }

  async #serve(daemon: FakeDaemon): Promise<never> {
    for (;;) {
      const received = await daemon.next()
      const name = NAMES.get(received.header.procedure)
      // The fake answers the goodbye by itself.
      if (name === undefined || name === 'CONNECT_CLOSE') continue
      this.calls.push({ name, args: received.body })
      const answers = { ...ANSWERS, ...this.answers }
      const answer = name in answers ? answers[name] : new Refusal(3)
      if (answer === SILENCE) this.#silent.push({ daemon, received, answer: ANSWERS[name] })
      else if (answer instanceof Refusal)
        daemon.send(daemon.failure(received, { code: answer.code, domain: answer.domain }))
      else daemon.send(daemon.reply(received, answer))
    }
  }
}

const NAMES = new Map(
  Object.values(procedures)
    .filter(({ program }) => program === REMOTE)
    .map(({ number, name }) => [number, name as Name] as const),
)

/** A way to a host under the test's control. */
export interface FakeRoute extends HostRoute {
  /** The way ends by itself. */
  lose(error: AppError): void
  readonly isClosed: boolean
  /** The hypervisor's daemon, or a driver's own. */
  door(family?: DriverFamily): FakeDoor
}

/** A route to a daemon without domains. */
export function makeRoute(): FakeRoute {
  const ended = Promise.withResolvers<AppError | null>()
  const doors = new Map<string, FakeDoor>()
  let isClosed = false
  const door = (family: string = 'qemu'): FakeDoor => {
    const made = doors.get(family) ?? new FakeDoor()
    doors.set(family, made)
    return made
  }
  const end = (error: AppError | null) => {
    isClosed = true
    for (const { daemons } of doors.values()) for (const daemon of daemons) daemon.transport.destroy()
    ended.resolve(error)
  }
  return {
    session: null,
    hostKey: { type: 'ssh-ed25519', fingerprint: 'SHA256:x' },
    endpoint: null,
    configSkipped: [],
    runScript: null,
    openLibvirt: async ({ family }) => ({ transport: door(family).open(), uri: `${family ?? 'qemu'}:///system` }),
    forwardSocket: () => Promise.reject(new Error('not here')),
    forwardTcp: () => Promise.reject(new Error('not here')),
    closed: ended.promise,
    close: async () => end(null),
    lose: end,
    door,
    get isClosed() {
      return isClosed
    },
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
      for (const [key, timer] of [...timers]) {
        if (timer.delayMs !== delayMs) continue
        timers.delete(key)
        timer.action()
      }
    },
  }
}
