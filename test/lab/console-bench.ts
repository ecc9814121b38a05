import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Consoles, createConsoles, createLinkConsoleHost } from '../../src/main/console/index.ts'
import { EntityTable, silentLog, systemClock } from '../../src/main/engine/index.ts'
import { createHostRegistry, type HostLink, type HostRegistry } from '../../src/main/hosts/index.ts'
import { createKnownHosts } from '../../src/main/ssh/index.ts'
import type { CommandOutput } from '../../src/shared/contract/index.ts'
import { defaultSettings, type HostDefinition, type Vm } from '../../src/shared/domain/index.ts'
import { FakeSocket } from '../unit/main/console/fake-socket.ts'
import { hostId, makeIdentity, makeSnapshot, makeVm } from '../unit/main/console/model.ts'
import { waitFor } from './command.ts'
import type { LabHost } from './host.ts'
import { BENCH_CLUSTER_ID } from './host-link-bench.ts'

/** Consoles of one lab host, over a real host link, with the window's end in the test's hands. */
export interface ConsoleBench {
  readonly consoles: Consoles
  readonly link: HostLink
  /** Asks for a ticket and uses it; `name` is the VM's. */
  open(name: string, kind: 'graphics' | 'serial', how?: { force?: boolean; port?: string }): Promise<FakeSocket>
  /** Opens a door for a viewer of this computer. */
  openViewer(name: string): Promise<CommandOutput<'console.viewer'>>
  /** Who is shown to be connected. */
  connected(): readonly string[]
  /** From now on this VM counts as being started by us, whatever its host says: as from a console's own start button. */
  showAsStarting(name: string): void
  stop(): Promise<void>
}

/** Connects to a lab host as `user` (`root` has the key, the others their password). */
export async function startConsoleBench(
  host: LabHost,
  user: { readonly name: string; readonly password?: string } = { name: 'root' },
): Promise<ConsoleBench> {
  const folder = await mkdtemp(join(tmpdir(), 'virtdeck-console-'))
  const definition: HostDefinition = {
    id: hostId,
    clusterId: BENCH_CLUSTER_ID,
    name: host.name,
    transport: 'ssh',
    address: host.address,
    port: 22,
    user: user.name,
    authentication: user.password === undefined ? 'key' : 'password',
    privateKeyPath: user.password === undefined ? host.privateKeyPath : null,
    jumpHost: null,
    storageManagerPriority: 5,
    libvirtMode: 'system',
  }
  const secrets = async () => (user.password === undefined ? {} : { password: user.password })
  const registry: HostRegistry = createHostRegistry({
    knownHosts: createKnownHosts({ ownPath: join(folder, 'known_hosts') }),
    secrets,
    settings: () => defaultSettings,
  })
  const pinning = await registry.openRoute(definition, { secrets, acceptFingerprint: host.hostKeyFingerprint })
  await pinning.close()
  const link = registry.add(definition)
  if (!(await link.whenLive(20_000))) throw new Error(`the link to ${host.name} did not come up`)

  const starting = new Set<string>()
  const findVm = (name: string): Vm | undefined => {
    const record = [...link.domains.values()].find((domain) => domain.name === name)
    if (record === undefined) return undefined
    const { graphics, serialPorts, hasSerialConsole } = record.definition
    const status = starting.has(name) ? 'powering-up' : record.state === 'running' ? 'up' : 'down'
    const base = makeVm({ name, graphics, serialPorts, hasSerialConsole, status })
    return { ...base, id: record.uuid as Vm['id'] }
  }
  const model = () => {
    const names = [...link.domains.values()].map(({ name }) => name)
    const vms = names.map(findVm).filter((vm) => vm !== undefined)
    const snapshot = makeSnapshot(makeVm())
    const [onlyHost] = snapshot.hosts.values()
    return {
      ...snapshot,
      hosts: new EntityTable(onlyHost === undefined ? [] : [[hostId, { ...onlyHost, user: user.name }]]),
      vms: new EntityTable(vms.map((vm) => [vm.id, vm])),
    }
  }
  const connected = new Map<string, string>()
  const callOf = <I>(input: I) => {
    const identity = makeIdentity('kim')
    const signal = new AbortController().signal
    return { input, identity, snapshot: model(), model, signal, correlationId: randomUUID() }
  }
  const consoles = createConsoles({
    model,
    findHost: () => createLinkConsoleHost(link),
    clock: systemClock,
    isLocal: true,
    shown: { upsert: ({ id, user }) => void connected.set(id, user), remove: (id) => void connected.delete(id) },
    audit: { record: () => undefined },
    log: silentLog,
  })
  return {
    consoles,
    link,
    open: async (name, kind, { force = false, port = null } = {}) => {
      const vm = await waitFor(`the link knows ${name}`, () => findVm(name))
      const input = { vmId: vm.id, kind, port, force }
      const { ticket } = await consoles.handlers['console.open'].execute(callOf(input))
      const socket = new FakeSocket()
      consoles.attach(ticket, makeIdentity('kim'), socket)
      return socket
    },
    openViewer: async (name) => {
      const vm = await waitFor(`the link knows ${name}`, () => findVm(name))
      return consoles.handlers['console.viewer'].execute(callOf({ vmId: vm.id }))
    },
    connected: () => [...connected.values()],
    showAsStarting: (name) => void starting.add(name),
    stop: async () => {
      await consoles.stop()
      await registry.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
