import type { Cluster, Host, StorageDomain } from '../../../shared/domain/index.ts'
import { AppError, toWireError } from '../../../shared/errors/index.ts'
import type { TransferLink, TransferLinkListener } from '../../../shared/transfer/index.ts'
import type { Identity } from '../../engine/index.ts'
import { createAdministrator } from '../administrator.ts'
import type { ComposedEngine } from '../compose.ts'
import type { EngineAccess } from './engine-access.ts'

/** How long a subcommand waits for the hosts to be up, or known not to be, before it reads or changes anything there. */
const HOSTS_SETTLED_LIMIT_MS = 25_000

/** The same for what is found once the hosts are up. */
const LEVELS_FOUND_LIMIT_MS = 5_000

/** For storage: a file server that is gone is not waited for longer. */
const STORAGE_SEEN_LIMIT_MS = 15_000

/** What is shown of storage, or follows from it. */
const STORAGE_TOPICS: ReadonlySet<string> = new Set(['storage-domains', 'disks', 'datacenters'])

/** An engine in this process, for one subcommand. */
export function createLocalEngine(composed: ComposedEngine, user: string, dataDir: string): EngineAccess {
  const { engine, topics } = composed
  const identity = createAdministrator(user)

  /** A fresh engine knows nothing of its hosts: what it would say of their VMs is not the truth yet. */
  async function waitForHosts(): Promise<void> {
    const hosts = [...topics.collection('hosts').entities.keys()]
    await Promise.all(hosts.map((id) => topics.waitFor('hosts', id, isSettled, { timeoutMs: HOSTS_SETTLED_LIMIT_MS })))
  }

  /** The CPU levels of clusters are found a moment after their hosts are up. */
  async function waitForLevels(): Promise<void> {
    const clusters = [...topics.collection('clusters').entities.keys()]
    const limit = { timeoutMs: LEVELS_FOUND_LIMIT_MS }
    await Promise.all(clusters.map((id) => topics.waitFor('clusters', id, isLevelFound, limit)))
  }

  /** The same for storage: which hosts reach it is seen a moment after they are up. */
  async function waitForStorage(): Promise<void> {
    const { hosts } = topics.model()
    if (![...hosts.values()].some(({ status }) => status === 'up')) return
    const domains = [...topics.collection('storage-domains').entities.keys()]
    const limit = { timeoutMs: STORAGE_SEEN_LIMIT_MS }
    await Promise.all(domains.map((id) => topics.waitFor('storage-domains', id, isStorageSeen, limit)))
    // What follows from it, as the status of datacenters, comes with the next batch.
    topics.flush()
  }

  return {
    async call(command, input) {
      if (command === 'console.open' || command === 'console.viewer') {
        // What it opens would end with this process.
        return { ok: false, error: toWireError(new AppError('engine.not-running', { dataDir })) }
      }
      if (needsHosts(command)) await waitForHosts()
      if (needsStorage(command)) await waitForStorage()
      return engine.dispatch(identity, command, input)
    },
    async plan(command, input) {
      if (needsHosts(command)) await waitForHosts()
      if (needsStorage(command)) await waitForStorage()
      return engine.plan(identity, command, input)
    },
    async read(address) {
      await waitForHosts()
      if (address.topic === 'clusters') await waitForLevels()
      if (STORAGE_TOPICS.has(address.topic)) await waitForStorage()
      try {
        const { entities, rev } = await engine.fetchTopic(identity, address)
        return { ok: true, value: entities, rev }
      } catch (error) {
        return { ok: false, error: toWireError(error) }
      }
    },
    watch(address, onFrame, signal) {
      return new Promise((resolve) => {
        const subscription = engine.subscribe(identity, address, (frame) => {
          if (frame.t === 'closed') resolve(toWireError(frame.error))
          else onFrame(frame)
        })
        const end = () => {
          subscription.unsubscribe()
          resolve(null)
        }
        if (signal.aborted) end()
        else signal.addEventListener('abort', end, { once: true })
      })
    },
    openTransfer: (path, listener) => openLocalTransfer(composed, identity, path, listener),
    close: () => composed.stop(),
  }
}

/** True once it is known which hosts reach a domain that is in use. */
function isStorageSeen(domain: StorageDomain | undefined): boolean {
  if (domain === undefined) return true
  return domain.status !== 'unknown' && domain.connections.every(({ status }) => status !== 'connecting')
}

/** A socket within this process. */
function openLocalTransfer(
  { transfers }: ComposedEngine,
  identity: Identity,
  path: string,
  listener: TransferLinkListener,
): TransferLink {
  let isClosed = false
  let toEngine: (bytes: Uint8Array) => void = () => undefined
  let onClose: () => void = () => undefined
  const close = () => {
    if (isClosed) return
    isClosed = true
    onClose()
    listener.closed()
  }
  const later = (act: () => void) => setImmediate(() => (isClosed ? undefined : act()))
  transfers.attach(path.slice(path.lastIndexOf('/') + 1), identity, {
    send: (data, written) => {
      const bytes = data.slice()
      later(() => listener.message(bytes))
      written()
    },
    close: () => setImmediate(close),
    pause: () => undefined,
    resume: () => undefined,
    onMessage: (heard) => {
      toEngine = heard
    },
    onClose: (heard) => {
      onClose = heard
    },
  })
  return {
    send: (bytes) => {
      const copy = bytes.slice()
      later(() => toEngine(copy))
    },
    close,
  }
}

/** True once a host is up, or its first attempt has failed, or it is gone. */
function isSettled(host: Host | undefined): boolean {
  if (host === undefined || host.status === 'up') return true
  return host.statusError !== null || host.status === 'error' || host.status === 'non-operational'
}

/** True once the hosts of a cluster were asked for their CPUs, or none of them is up. */
function isLevelFound(cluster: Cluster | undefined): boolean {
  if (cluster === undefined || cluster.cpu.knownModels.length > 0) return true
  return cluster.population.hostsByStatus.up === undefined
}

/** What begins so is decided by the inventory alone, or sees to its host itself. */
const WITHOUT_HOSTS = ['settings.', 'datacenter.', 'cluster.', 'host.', 'task.']

function needsHosts(command: string): boolean {
  return !WITHOUT_HOSTS.some((prefix) => command.startsWith(prefix))
}

function needsStorage(command: string): boolean {
  return command.startsWith('storage.') || command.startsWith('disk.')
}
