import type {
  DriverFamily,
  HostChange,
  HostChangeListener,
  HostDriver,
  HostRegistry,
  LibvirtConnection,
} from '../../../../src/main/hosts/index.ts'
import type { HostId } from '../../../../src/shared/domain/index.ts'

/** Answers a call by its arguments; what it throws is the call's failure. */
export type Answers = Readonly<Record<string, (args: never) => unknown>>

/** A connection that answers from a table and keeps the names of what it was asked. */
export class FakeConnection {
  readonly asked: string[] = []
  closed = false
  answers: Answers

  constructor(answers: Answers) {
    this.answers = answers
  }

  async call(name: string, args: unknown): Promise<unknown> {
    this.asked.push(name)
    const answer = this.answers[name]
    if (answer === undefined) throw new Error(`no answer to ${name}`)
    return answer(args as never)
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

/** A host whose connections a test holds in its hands. */
export class FakeLink {
  readonly id: HostId
  readonly domains = new Map<string, unknown>()
  readonly opened: FakeConnection[] = []
  isLive = true
  connection: FakeConnection
  /** What a connection of its own answers. */
  ownAnswers: Answers = {}
  /** The connection to the network driver. */
  networks = new FakeConnection({})

  constructor(id: HostId, connection: FakeConnection) {
    this.id = id
    this.connection = connection
  }

  async refreshDomain(): Promise<null> {
    return null
  }

  control(): LibvirtConnection {
    return this.connection as unknown as LibvirtConnection
  }

  family(family: DriverFamily): HostDriver {
    if (family !== 'network') throw new Error(`no ${family} here`)
    return this.networks as unknown as HostDriver
  }

  async openConnection(): Promise<LibvirtConnection> {
    const connection = new FakeConnection(this.ownAnswers)
    this.opened.push(connection)
    return connection as unknown as LibvirtConnection
  }
}

/** A registry of such hosts. */
export function makeHosts(...links: FakeLink[]): { hosts: HostRegistry; emit: (change: HostChange) => void } {
  const byId = new Map(links.map((link) => [link.id, link]))
  const listeners = new Set<HostChangeListener>()
  const registry = {
    find: (id: HostId) => byId.get(id) ?? null,
    get: (id: HostId) => byId.get(id),
    list: () => [...byId.values()],
    onChange: (listener: HostChangeListener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    hosts: registry as unknown as HostRegistry,
    emit: (change) => {
      if (change.kind === 'removed') byId.delete(change.hostId)
      for (const listener of [...listeners]) listener(change)
    },
  }
}
