import type { HostDefinition, HostId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { KnownHosts, SshConfigSource, SshEndpoint } from '../ssh/index.ts'
import { decideBackoffMs, fetchConfigUse, fetchConfiguredHosts, fetchKnownName, watchNetwork } from '../ssh/index.ts'
import { BulkSession, type BulkSessionOptions } from './bulk/bulk-session.ts'
import type { HostChangeListener } from './host-change.ts'
import { HostLink, type HostLinkOptions, type RedefineOptions } from './host-link.ts'
import type { HostRoute, OpenRouteOptions } from './host-route.ts'
import { localSockets } from './libvirt-sockets.ts'
import type { HostSecrets, LinkClock, LinkLog, LinkSettings, LinkTiming } from './link-settings.ts'
import { silentLinkLog, systemLinkClock } from './link-settings.ts'
import { openHostRoute, targetOf } from './open-route.ts'

export interface HostRegistryOptions {
  readonly knownHosts: KnownHosts
  /** Asked at each connect; what it gives is not kept. */
  readonly secrets: (hostId: HostId) => Promise<HostSecrets>
  readonly settings: () => LinkSettings
  readonly sshConfig?: Omit<SshConfigSource, 'allowsCommand'>
  /** Digests of the commands of ssh_config that a person has allowed, as they are now. Default: none. */
  readonly allowedCommands?: ReadonlySet<string>
  /** Whether a host manages the storage of its datacenter: such a one may be silent for longer. Default: none does. */
  readonly isStorageManager?: (hostId: HostId) => boolean
  readonly clock?: LinkClock
  readonly log?: LinkLog
  readonly timing?: Partial<LinkTiming>
  /** Sockets of this computer's daemons; default: where libvirt puts them. */
  readonly localSockets?: (mode: HostDefinition['libvirtMode']) => readonly string[]
  /** How hosts are reached; default: by SSH, or this computer’s own sockets. */
  readonly openRoute?: (definition: HostDefinition, options: OpenRouteOptions) => Promise<HostRoute>
  /** How threads for bulk data are started; for tests, and for hosts that carry none. */
  readonly startBulkThread?: BulkSessionOptions['startThread']
}

export interface RouteRequest extends OpenRouteOptions {
  readonly secrets: () => Promise<HostSecrets>
  /** The fingerprint that a person confirmed: that key is pinned when the host offers it. */
  readonly acceptFingerprint?: string | undefined
  /** Commands of ssh_config that may be run for this way, by their digests, beside those that are allowed. */
  readonly allowCommands?: readonly string[] | undefined
  /** Where keys are looked up and pinned; default: the registry's. */
  readonly knownHosts?: KnownHosts
}

/** All hosts of the engine. */
export interface HostRegistry {
  /** Adds a host and begins to connect, over `route` where one is open already. Throws when the host is there already. */
  add(definition: HostDefinition, route?: HostRoute): HostLink
  /** Adds a host without connecting: its link's `start` does. Throws when the host is there already. */
  addIdle(definition: HostDefinition): HostLink
  /** Gives a host a new definition; rejects when it then cannot be reached (the definition holds all the same). */
  update(definition: HostDefinition, options?: RedefineOptions): Promise<void>
  /** Disconnects and forgets a host. */
  remove(hostId: HostId): Promise<void>
  /** Throws host.not-found. */
  get(hostId: HostId): HostLink
  find(hostId: HostId): HostLink | null
  list(): readonly HostLink[]
  /** Listens to all hosts. Returns how to stop. */
  onChange(listener: HostChangeListener): () => void
  /** Opens a way to a host that need not be known: for checks before it is added. The caller closes it. */
  openRoute(definition: HostDefinition, request: RouteRequest): Promise<HostRoute>
  /** The names that the engine's ssh_config knows; null: there is no such file. Errors: ssh.config-invalid. */
  fetchConfiguredHosts(): Promise<readonly string[] | null>
  /** What ssh_config gives to an address, if it is an alias: see `fetchConfigUse` of src/main/ssh. */
  fetchConfigUse(target: { readonly address: string; readonly user?: string | undefined }): Promise<readonly string[]>
  /** What known_hosts calls a host, also one that was never reached. Errors: those of reading ssh_config. */
  fetchKnownName(definition: HostDefinition, signal?: AbortSignal): Promise<SshEndpoint['knownAs']>
  /** Tries all lost hosts now, as it happens by itself when the network comes back. */
  nudge(): void
  /** The wall's clock was set by so much, milliseconds: stamps of before move with it, so that ages stay what they are. */
  shiftStamps(deltaMs: number): void
  stop(): Promise<void>
  readonly knownHosts: KnownHosts
}

/** So a change next door that libvirt is silent about shows within half a minute. */
const LOOK_MS = 25_000
const KEEPALIVE = { intervalMs: 5_000, count: 5 }
/** As long as it takes a person to choose the next upload. */
const BULK_IDLE_MS = 60_000

/** Builds the registry of all hosts; it starts empty. */
export function createHostRegistry(options: HostRegistryOptions): HostRegistry {
  const links = new Map<HostId, HostLink>()
  const listeners = new Set<HostChangeListener>()
  const timing: LinkTiming = {
    keepalive: KEEPALIVE,
    lookMs: LOOK_MS,
    bulkIdleMs: BULK_IDLE_MS,
    // A host that answers but will not have us: rights may be given meanwhile.
    decidePauseMs: (failures, hopeless) =>
      hopeless ? options.settings().recheckNonOperationalMs : decideBackoffMs(failures - 1, Math.random()),
    ...options.timing,
  }
  const sockets = options.localSockets ?? ((mode) => localSockets(mode, process.env))
  const log = options.log ?? silentLinkLog
  /** A listener that throws has a bug: neither the link nor the other listeners pay for it. */
  const emit: HostChangeListener = (change) => {
    for (const listener of [...listeners]) {
      try {
        listener(change)
      } catch (error) {
        log.error({ err: error, hostId: change.hostId, change: change.kind }, 'a listener to hosts threw')
      }
    }
  }

  const openOwnRoute = (definition: HostDefinition, request: RouteRequest) =>
    openHostRoute(definition, {
      ...request,
      knownHosts: request.knownHosts ?? options.knownHosts,
      sshConfig: {
        allowsCommand: (digest) =>
          options.allowedCommands?.has(digest) === true || request.allowCommands?.includes(digest) === true,
        ...options.sshConfig,
      },
      localSockets: sockets,
    })
  const openRoute: typeof openOwnRoute = options.openRoute ?? openOwnRoute

  function get(hostId: HostId): HostLink {
    const link = links.get(hostId)
    if (link === undefined) throw new AppError('host.not-found', { hostId })
    return link
  }

  const nudge = () => {
    for (const link of links.values()) link.nudge()
  }
  const unwatch = watchNetwork(nudge)

  function addLink(definition: HostDefinition, route: HostRoute | null): HostLink {
    if (links.has(definition.id)) throw new Error(`host ${definition.id} is there already`)
    const linkOptions: HostLinkOptions = {
      openRoute: (current, limits) => openRoute(current, { ...limits, secrets: () => options.secrets(current.id) }),
      startBulk: (current, hostKey) =>
        new BulkSession({
          data: {
            definition: current,
            hostKey: hostKey?.fingerprint ?? null,
            knownHostsPath: options.knownHosts.ownPath,
            sshConfig: options.sshConfig,
            allowedCommands: [...(options.allowedCommands ?? [])],
            localSockets: sockets(current.libvirtMode),
            connectTimeoutMs: options.settings().connectTimeoutMs,
          },
          secrets: () => options.secrets(current.id),
          startThread: options.startBulkThread,
        }),
      settings: options.settings,
      clock: options.clock ?? systemLinkClock,
      log,
      timing,
      onChange: emit,
      isStorageManager: () => options.isStorageManager?.(definition.id) ?? false,
    }
    const link = new HostLink(definition, linkOptions, route)
    links.set(definition.id, link)
    emit({ kind: 'added', hostId: definition.id })
    return link
  }

  return {
    add: (definition, route) => {
      const link = addLink(definition, route ?? null)
      link.start()
      return link
    },
    addIdle: (definition) => addLink(definition, null),
    update: (definition, how) => get(definition.id).redefine(definition, how),
    remove: async (hostId) => {
      const link = get(hostId)
      links.delete(hostId)
      emit({ kind: 'removed', hostId })
      await link.stop()
    },
    get,
    find: (hostId) => links.get(hostId) ?? null,
    list: () => [...links.values()],
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    openRoute,
    fetchConfiguredHosts: () => fetchConfiguredHosts(options.sshConfig),
    fetchConfigUse: (target) => fetchConfigUse(target, options.sshConfig),
    fetchKnownName: (definition, signal) => fetchKnownName(targetOf(definition), options.sshConfig, signal),
    nudge,
    shiftStamps: (deltaMs) => {
      for (const link of links.values()) link.shiftStamps(deltaMs)
    },
    knownHosts: options.knownHosts,
    stop: async () => {
      unwatch()
      const stopping = [...links.values()]
      links.clear()
      await Promise.all(stopping.map((link) => link.stop()))
    },
  }
}
