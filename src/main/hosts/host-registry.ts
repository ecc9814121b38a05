import type { HostDefinition, HostId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { KnownHosts, SkippedDirective, SshConfigSource, SshEndpoint, SshTarget } from '../ssh/index.ts'
import {
  connectSsh,
  decideBackoffMs,
  fetchConfigUse,
  fetchConfiguredHosts,
  fetchKnownName,
  watchNetwork,
} from '../ssh/index.ts'
import type { HostChangeListener } from './host-change.ts'
import { HostLink, type HostLinkOptions, type RedefineOptions } from './host-link.ts'
import type { HostRoute, OpenRouteOptions } from './host-route.ts'
import { localSockets } from './libvirt-sockets.ts'
import type { HostSecrets, LinkClock, LinkLog, LinkSettings, LinkTiming } from './link-settings.ts'
import { silentLinkLog, systemLinkClock } from './link-settings.ts'
import { openLocalRoute } from './local-route.ts'
import { openSshRoute } from './ssh-route.ts'

export interface HostRegistryOptions {
  readonly knownHosts: KnownHosts
  /** Asked at each connect; what it gives is not kept. */
  readonly secrets: (hostId: HostId) => Promise<HostSecrets>
  readonly settings: () => LinkSettings
  readonly sshConfig?: SshConfigSource
  /** Whether a person has allowed a command of ssh_config, by its digest. Default: none is. */
  readonly allowsCommand?: (digest: string) => boolean
  readonly clock?: LinkClock
  readonly log?: LinkLog
  readonly timing?: Partial<LinkTiming>
  /** Sockets of this computer's daemons; default: where libvirt puts them. */
  readonly localSockets?: (mode: HostDefinition['libvirtMode']) => readonly string[]
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

/** Builds the registry of all hosts; it starts empty. */
export function createHostRegistry(options: HostRegistryOptions): HostRegistry {
  const links = new Map<HostId, HostLink>()
  const listeners = new Set<HostChangeListener>()
  const timing: LinkTiming = {
    keepalive: KEEPALIVE,
    lookMs: LOOK_MS,
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

  async function openRoute(definition: HostDefinition, request: RouteRequest): Promise<HostRoute> {
    if (definition.transport === 'local') return openLocalRoute(sockets(definition.libvirtMode), definition.libvirtMode)
    const { acceptFingerprint, timeoutMs, signal } = request
    let configSkipped: readonly SkippedDirective[] = []
    const session = await connectSsh({
      target: targetOf(definition),
      secrets: async () => {
        const { password, passphrase } = await request.secrets()
        return { ...(password === undefined ? {} : { password }), ...(passphrase === undefined ? {} : { passphrase }) }
      },
      knownHosts: request.knownHosts ?? options.knownHosts,
      ...(acceptFingerprint === undefined ? {} : { acceptFingerprint }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(signal === undefined ? {} : { signal }),
      config: {
        allowsCommand: (digest) =>
          options.allowsCommand?.(digest) === true || request.allowCommands?.includes(digest) === true,
        ...options.sshConfig,
      },
      onConfigSkipped: (skipped) => {
        // The hosts on the way are mostly configured by the same lines.
        const others = skipped.filter(
          ({ path, line }) => !configSkipped.some((known) => known.path === path && known.line === line),
        )
        configSkipped = [...configSkipped, ...others]
        request.onConfigSkipped?.(configSkipped)
      },
    })
    return openSshRoute(session, definition, configSkipped)
  }

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
      settings: options.settings,
      clock: options.clock ?? systemLinkClock,
      log,
      timing,
      onChange: emit,
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

function targetOf(definition: HostDefinition): SshTarget {
  const { address, port, user, authentication, privateKeyPath } = definition
  return {
    address,
    ...(port === null ? {} : { port }),
    ...(user === null ? {} : { user }),
    authentication,
    ...(privateKeyPath === null ? {} : { privateKeyPath }),
  }
}
