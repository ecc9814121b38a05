import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { HostId } from '../../shared/domain/index.ts'
import { startBackups } from '../backup/index.ts'
import { startClusters } from '../cluster/index.ts'
import { type Consoles, createConsoles, createLinkConsoleHost } from '../console/index.ts'
import { startDatacenters } from '../datacenter/index.ts'
import { type Disks, startDisks, type Transfers } from '../disk/index.ts'
import { type DefinitionListener, startDrifts } from '../drift/index.ts'
import {
  createSettingsHandlers,
  createTopicRegistry,
  type Engine,
  type LiveTopics,
  type Log,
  openAuditTrail,
  openEngine,
  openSettings,
  systemClock,
  watchClock,
} from '../engine/index.ts'
import { fetchHostSecrets, joinFits, startHosts } from '../host/index.ts'
import { startHostStorage } from '../host-storage/index.ts'
import { createHostRegistry, findLocalSocket, type HostRegistryOptions } from '../hosts/index.ts'
import { decideWriteRefusal, type Inventory, type WriteState } from '../inventory/index.ts'
import { startLibvirtNetworks } from '../libvirt-network/index.ts'
import { startMetrics } from '../metrics/index.ts'
import { createEvacuations, createMigrations } from '../migration/index.ts'
import { startHostNetworks, startNetworks } from '../network/index.ts'
import { createRegistration } from '../registration/index.ts'
import { startSnapshots } from '../snapshot/index.ts'
import { createKnownHosts } from '../ssh/index.ts'
import { type Storage, startStorage } from '../storage/index.ts'
import { startTemplates } from '../template/index.ts'
import { startVms } from '../vm/index.ts'
import { startOrUndo } from './start-or-undo.ts'

export interface ComposeOptions {
  /** Belongs to the engine from here on. */
  readonly inventory: Inventory
  readonly shell: 'electron' | 'server'
  readonly version: string
  readonly log: Log
  /** True where a client is a browser that was signed in. */
  readonly canSignOut: boolean
  /** How long tasks get to end when the engine stops, milliseconds. */
  readonly stopGraceMs: number
  /** Time limits of links to hosts; for tests. */
  readonly linkTiming?: HostRegistryOptions['timing']
  /** Hosts that are only simulated, in place of all others. */
  readonly simulation?: SimulatedAccess | undefined
}

/** How simulated hosts are reached: no other way leads anywhere. */
export type SimulatedAccess = Required<Pick<HostRegistryOptions, 'openRoute' | 'startBulkThread'>>

/** An engine with all its features, connected to its hosts. */
export interface ComposedEngine {
  readonly engine: Engine
  readonly topics: LiveTopics
  readonly consoles: Consoles
  readonly transfers: Transfers
  /** Asks tasks to stop, ends consoles and links, closes the inventory. Can be called again. */
  stop(): Promise<void>
}

/**
 * The composition root of both shells: builds everything once, gives each part what it needs, and starts it. Errors: those
 * of reading the inventory; what had been started by then is stopped, and the inventory closed.
 */
export function composeEngine(options: ComposeOptions): Promise<ComposedEngine> {
  return startOrUndo((started) => startEngine(options, started))
}

async function startEngine(options: ComposeOptions, started: AsyncDisposableStack): Promise<ComposedEngine> {
  const { inventory, log, version, stopGraceMs } = options
  const { dataDir } = inventory
  const clock = systemClock
  started.defer(() => inventory.close())

  const topics = createTopicRegistry({ epoch: randomUUID(), clock, log })
  const audit = await openAuditTrail({ topics, store: inventory.audit, clock, log })
  // The last to end before the inventory: what ends has lines to write.
  started.defer(() => audit.stop())
  publishWriteState(topics, inventory, log)
  const settings = await openSettings({ topics, store: inventory.settings })

  const knownHosts = createKnownHosts({ ownPath: join(dataDir, 'known_hosts') })
  const allowedCommands = new Set(await inventory.allowedCommands.fetchAll())
  // Hosts come before their storage.
  let isStorageManager: (hostId: HostId) => boolean = () => false
  let activateVolumes: Storage['activateVolumes'] = async () => () => undefined
  const registry = createHostRegistry({
    knownHosts,
    allowedCommands,
    secrets: (hostId) => fetchHostSecrets(inventory.secrets, hostId),
    settings: settings.current,
    isStorageManager: (hostId) => isStorageManager(hostId),
    clock,
    log,
    timing: options.linkTiming ?? {},
    ...options.simulation,
  })
  started.defer(() => registry.stop())

  const drifts = startDrifts({ registry, inventory, topics, audit, clock, log })
  started.defer(() => drifts.stop())
  const definitionListeners: DefinitionListener[] = [drifts]
  const vms = startVms({
    hosts: registry,
    topics,
    audit,
    clock,
    log,
    // Disks need storage, which comes after the machines.
    machineDisks: () => disks.machineDisks,
    definitions: { store: inventory.vmDefinitions, listener: tellAll(definitionListeners) },
    statuses: { store: inventory.vmStatuses, known: await inventory.vmStatuses.fetchAll() },
    activateVolumes: (hostId, paths, signal) => activateVolumes(hostId, paths, signal),
  })
  started.defer(() => vms.stop())
  const patienceMs = () => settings.current().networkPatienceMs
  const networks = startNetworks({
    inventory,
    topics,
    patienceMs,
    clock,
    log,
  })
  started.defer(() => networks.stop())
  const hostNetworks = startHostNetworks({
    registry,
    inventory,
    topics,
    learn: (hostId, seen) => {
      networks.learn(hostId, seen)
      vms.forgetBridges(hostId)
    },
    patienceMs,
    openRoute: (definition, limits) =>
      registry.openRoute(definition, { ...limits, secrets: () => fetchHostSecrets(inventory.secrets, definition.id) }),
    clock,
    log,
  })
  started.defer(() => hostNetworks.stop())
  const clusters = startClusters({ registry, inventory, topics, networks, clock, log })
  started.defer(() => clusters.stop())
  const onHostSample = clusters.learnUse
  started.defer(startMetrics({ hosts: registry, topics, details: vms.details, onHostSample, clock, log }))
  const storage = await startStorage({
    registry,
    inventory,
    topics,
    audit,
    clock,
    log,
    settings: settings.current,
    engineName: hostname(),
  })
  started.defer(() => storage.stop())
  isStorageManager = storage.isStorageManager
  activateVolumes = storage.activateVolumes
  definitionListeners.push(storage.definitions)
  const hosts = startHosts({
    registry,
    fits: joinFits(clusters, networks, storage),
    evacuations: createEvacuations({ hosts: registry, promises: vms.promises }),
    inventory,
    topics,
    audit,
    clock,
    log,
    settings: settings.current,
    allowedCommands,
  })
  started.defer(() => hosts.stop())
  const libvirtNetworks = startLibvirtNetworks({ registry, topics, clock, log })
  const datacenters = startDatacenters({ inventory, topics, managers: storage.managers, networks, clock })
  started.defer(() => datacenters.stop())
  const disks: Disks = startDisks({
    registry,
    inventory,
    topics,
    clock,
    log,
    contents: storage.contents,
    machines: vms.machines,
    look: storage.look,
    onRemoved: storage.definitions.diskRemoved,
    refreshVolumes: storage.refreshVolumes,
  })
  started.defer(() => disks.stop())
  const snapshots = startSnapshots({
    hosts: registry,
    topics,
    ownActions: vms.ownActions,
    changeOwn: vms.changeOwn,
    onFiles: disks.refresh,
    clock,
    log,
  })
  const backups = startBackups({
    hosts: registry,
    topics,
    machineDisks: disks.machineDisks,
    refreshDisks: disks.refresh,
    machines: vms.machines,
    ownActions: vms.ownActions,
    clock,
    log,
  })
  started.defer(() => backups.stop())
  const templates = startTemplates({
    topics,
    inventory,
    clock,
    hosts: registry,
    ownActions: vms.ownActions,
    machineDisks: disks.machineDisks,
  })
  started.defer(() => templates.stop())
  const hostStorage = startHostStorage({ registry, topics, transfers: disks.transfers, clock, log })
  const consoles = createConsoles({
    model: topics.model,
    findHost: (hostId) => createLinkConsoleHost(registry.get(hostId)),
    audit,
    clock,
    isLocal: !options.canSignOut,
    shown: topics.collection('consoles'),
    log,
  })
  started.defer(() => consoles.stop())

  const stopWatchingClock = watchClock({
    clock,
    onSet: (deltaMs) => {
      log.warn({ deltaMs }, 'the clock of this computer was set')
      vms.shiftStamps(deltaMs)
      registry.shiftStamps(deltaMs)
    },
  })
  started.defer(stopWatchingClock)

  const localSocket = options.simulation === undefined ? await findLocalSocket() : null
  const engine = await openEngine({
    topics,
    audit,
    store: inventory.operations,
    vault: inventory.secrets,
    handlers: {
      ...datacenters.handlers,
      ...clusters.handlers,
      ...networks.handlers,
      ...hostNetworks.handlers,
      ...drifts.handlers,
      ...hosts.handlers,
      ...libvirtNetworks,
      ...hostStorage,
      ...storage.handlers,
      ...vms.handlers,
      ...createMigrations({
        ...vms,
        hosts: registry,
        fetchAddresses: hostNetworks.fetchAddresses,
        activateVolumes: storage.activateVolumes,
        clock,
        log,
      }).handlers,
      ...snapshots,
      ...backups.handlers,
      ...templates.handlers,
      ...disks.handlers,
      ...createRegistration({ registry, contents: storage.contents, disks: disks.registrar }),
      ...consoles.handlers,
      ...createSettingsHandlers(settings),
    },
    clock,
    log,
    version,
    decideWriteRefusal: () => decideWriteRefusal(inventory.writeState()),
    describeSession: ({ user, role }) => ({
      id: 'session',
      user,
      role,
      shell: options.shell,
      version,
      dataDir,
      localSocket,
      canSignOut: options.canSignOut,
      isSimulated: options.simulation !== undefined,
    }),
  })
  started.defer(() => engine.stop({ graceMs: stopGraceMs }))

  await networks.load()
  await datacenters.load()
  await disks.load()
  await templates.load()
  await clusters.load()
  await storage.load()
  await hostNetworks.load()
  await hosts.addAll()
  await clusters.recall()
  await vms.remember()
  await drifts.load()
  // So that whoever asks first gets datacenters and clusters with what is in them.
  topics.flush()
  // Nothing waits for it: a hundred connections that begin would stand before the first answer.
  void hosts.connectAll()
  // Once the hosts and VMs that they are about are known by name, and what they find can be stored.
  if (inventory.writeState().writable) await engine.takeUp()
  else takeUpLater()

  function takeUpLater(): void {
    const stopWaiting = inventory.onWriteState(({ writable }) => {
      if (!writable) return
      stopWaiting()
      engine.takeUp().catch((error: unknown) => log.error({ err: error }, 'open operations could not be taken up'))
    })
  }

  const running = started.move()
  return { engine, topics, consoles, transfers: disks.transfers, stop: () => running.disposeAsync() }
}

/** One listener for all that are in the list then. */
function tellAll(listeners: readonly DefinitionListener[]): DefinitionListener {
  return {
    onKept: (...told) => {
      for (const listener of listeners) listener.onKept(...told)
    },
    onForgotten: (...told) => {
      for (const listener of listeners) listener.onForgotten(...told)
    },
  }
}

/** Shows in the topic `inventory` whether changes can be stored, and says in the log when that changes. */
function publishWriteState(topics: LiveTopics, inventory: Inventory, log: Log): void {
  const show = ({ writable, path, freeBytes }: WriteState) =>
    topics.collection('inventory').upsert({ id: 'inventory', writable, path, freeBytes })
  let shown = inventory.writeState().writable
  show(inventory.writeState())
  if (!shown) log.warn({ path: inventory.dataDir }, 'the disk of the inventory is full: nothing can be changed')
  inventory.onWriteState((state) => {
    show(state)
    if (state.writable === shown) return
    shown = state.writable
    if (shown) log.warn({}, 'the inventory can be written again')
    else log.warn({ path: state.path }, 'the disk of the inventory is full: nothing can be changed')
  })
}
