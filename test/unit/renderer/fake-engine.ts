import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import {
  type ClientFrame,
  createRefusedGroups,
  type ServerFrame,
  type TopicName,
} from '../../../src/shared/contract/index.ts'
import {
  type Cluster,
  type ClusterId,
  type Datacenter,
  defaultSettings,
  type Host,
  type HostId,
  type Population,
  type StorageDomain,
  type Vm,
  type VmId,
} from '../../../src/shared/domain/index.ts'
import type { WireError } from '../../../src/shared/errors/index.ts'
import {
  INVENTED_CLUSTER,
  inventCluster,
  inventDatacenter,
  inventError,
  inventEvent,
  inventedSession,
  inventHost,
  inventTask,
  inventVm,
} from './invented.ts'
import { inventSanAnswer, withLun } from './invented-san.ts'
import { inventDisk, inventHostChecks, inventStorage, inventStorageDomain } from './invented-storage.ts'

/*
 * A stand-in for the engine with invented data, to look at pages and measure them without hosts:
 *   node test/unit/renderer/fake-engine.ts <folder of the built page> [port] [machines] [hosts]
 * It has the server shell's strict CSP, and its commands change statuses as a person would expect.
 */

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'"
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

interface Watcher {
  readonly socket: WebSocket
  readonly id: number
  readonly topic: TopicName
  readonly key: string | undefined
}
type Entity = { readonly id: string }

/**
 * Starts it. `machines` spread over `hosts`; 0 hosts show the welcome page; `change` makes single machines other than they would
 * be. Returns its address and how to stop.
 */
export async function startFakeEngine(options: {
  readonly folder: string
  readonly port: number
  readonly machines: number
  readonly hosts: number
  readonly change?: (machine: number) => Partial<Vm>
}): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const collections = new Map<string, Map<string, Entity>>()
  const watchers = new Set<Watcher>()
  let rev = 48_000
  invent()

  function collection(topic: string, key?: string): Map<string, Entity> {
    const address = key === undefined ? topic : `${topic}/${key}`
    let found = collections.get(address)
    if (found === undefined) {
      found = new Map()
      collections.set(address, found)
    }
    return found
  }
  function upsert(topic: TopicName, entity: Entity, key?: string): void {
    collection(topic, key).set(entity.id, entity)
    rev += 1
    for (const watcher of watchers) {
      if (watcher.topic === topic && watcher.key === key) {
        send(watcher.socket, { t: 'patch', id: watcher.id, rev, upsert: [entity], remove: [], now: Date.now() })
      }
    }
  }
  function invent(): void {
    const put = (topic: TopicName, entity: Entity) => collection(topic).set(entity.id, entity)
    put('session', inventedSession)
    put('settings', { id: 'settings', ...defaultSettings } as Entity)
    for (let number = 1; number <= options.hosts; number += 1) {
      const own = Array.from({ length: options.machines }, (_unused, index) => index + 1).filter(
        (machine) => (machine % options.hosts) + 1 === number,
      )
      const lost = number === 3
      const host = inventHost(number, {
        vmCount: own.length,
        runningVmCount: lost ? 0 : own.length,
        ...(lost
          ? {
              status: 'connecting' as const,
              statusSince: Date.now() - 14_000,
              stale: true,
              asOf: Date.now() - 20_000,
              nextAttemptAt: Date.now() + 60_000,
              statusError: inventError('ssh.unreachable', {
                address: '10.77.0.13',
                port: 22,
                reason: 'connection refused',
              }),
            }
          : {}),
        ...(number === 4
          ? {
              status: 'error' as const,
              stale: true,
              statusError: inventError('ssh.host-key-changed', {
                address: '10.77.0.14',
                port: 22,
                keyType: 'ssh-ed25519',
                fingerprint: 'SHA256:bmV3IGtleSBuZXcga2V5IG5ldyBrZXkgbmV3IGtleSE',
                expectedFingerprint: 'SHA256:YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY',
                source: 'inventory',
              }),
            }
          : {}),
        ...(number === 2
          ? {
              problems: [
                { severity: 'warning' as const, error: inventError('host.kvm-missing', { address: '10.77.0.12' }) },
              ],
            }
          : {}),
      })
      put('hosts', host)
      for (const machine of own)
        put(
          'vms',
          inventVm(machine, host.id, {
            ...(lost ? { status: 'unknown', lastStatus: 'up', stale: true, asOf: Date.now() - 20_000 } : {}),
            ...options.change?.(machine),
          }),
        )
    }
    const vms = [...collection('vms').values()] as Vm[]
    const hosts = [...collection('hosts').values()] as Host[]
    const population = countMembers(hosts, vms)
    const problems = hosts.flatMap(({ id, name, statusError, problems: own }) => {
      const subject = { kind: 'host' as const, id, name }
      return [...(statusError === null ? [] : [{ severity: 'error' as const, error: statusError }]), ...own].map(
        (problem) => ({ ...problem, subject }),
      )
    })
    const counted = { population, problems, problemCount: problems.length }
    put('datacenters', inventDatacenter(1, options.hosts === 0 ? FIRST_START : counted))
    put('clusters', inventCluster(1, counted))
    if (options.hosts > 0) for (const domain of inventStorage()) put('storage-domains', domain)
    const [first, second] = vms
    if (first === undefined || second === undefined) return
    for (let number = 1; number <= 3; number += 1) {
      const vm = vms[number - 1]
      const usedBy =
        vm === undefined || number === 3 ? [] : [{ vmId: vm.id, name: vm.name, running: vm.status === 'up' }]
      put('disks', inventDisk(number, { usedBy, registered: number !== 3 }))
    }
    const [, iso] = inventStorage()
    for (const [index, name] of ['debian-13.1.0-amd64-netinst.iso', 'virtio-win-0.1.271.iso'].entries()) {
      put(
        'disks',
        inventDisk(10 + index, {
          name,
          fileName: name,
          kind: 'image',
          format: 'iso',
          virtualBytes: 7.2e8 * (index + 1),
          allocatedBytes: 7.2e8 * (index + 1),
          ...(iso === undefined ? {} : { storageDomainId: iso.id }),
        }),
      )
    }
    put(
      'tasks',
      inventTask(1, first, {
        command: 'vm.save',
        status: 'running',
        progress: 0.78,
        finishedAt: null,
        cancellable: true,
        step: { key: 'saving', params: { host: 'node1.lab' } },
      }),
    )
    put('tasks', inventTask(2, second))
    put(
      'tasks',
      inventTask(3, second, {
        status: 'failed',
        error: inventError('vm.operation-refused', {
          name: second.name,
          action: 'start',
          message: 'internal error: process exited while connecting to monitor',
        }),
      }),
    )
    for (let number = 1; number < 60; number += 1) {
      const vm = vms[number % vms.length] ?? first
      put(
        'events',
        inventEvent(
          number,
          vm,
          number % 9 === 0
            ? {
                kind: 'command.failed',
                severity: 'error',
                command: 'vm.start',
                error: inventError('vm.busy', { name: vm.name, job: 'save' }),
              }
            : {},
        ),
      )
    }
    inventFailure()
  }
  /** The latest line of the trail is of a machine that could not be started. */
  function inventFailure(): void {
    const vm = ([...collection('vms').values()] as Vm[]).findLast(({ status }) => status === 'down')
    if (vm === undefined) return
    const params = { name: vm.name, action: 'start', message: 'internal error: process exited: no such disk' }
    const error = inventError('vm.operation-refused', params)
    const failure = { kind: 'command.failed', severity: 'error', command: 'vm.start', error } as const
    const line = inventEvent(60, vm, failure)
    collection('events').set(line.id, line)
  }
  function setStatus(vmId: string, status: Vm['status']): void {
    const vm = collection('vms').get(vmId) as Vm | undefined
    if (vm !== undefined) upsert('vms', { ...vm, status, statusSince: Date.now(), statusSinceExact: true } as Vm)
  }
  function verdict(
    command: string,
    input: { readonly vmId?: VmId; readonly hostId?: HostId; readonly clusterId?: ClusterId },
  ): WireError | null {
    const vm = collection('vms').get(input.vmId ?? '') as Vm | undefined
    if (command === 'cluster.remove') {
      const cluster = collection('clusters').get(input.clusterId ?? '') as Cluster
      const hosts = ([...collection('hosts').values()] as Host[]).filter(({ clusterId }) => clusterId === cluster.id)
      const references = hosts.map(({ id, name }) => ({ kind: 'host', id, name }))
      return hosts.length === 0
        ? null
        : inventError('cluster.not-empty', { name: cluster.name, count: hosts.length, references } as never)
    }
    if (vm === undefined) return null
    if (vm.status === 'unknown') return inventError('vm.status-unknown', { name: vm.name, hostName: 'node3.lab' })
    const up = vm.status === 'up'
    const fits: Record<string, boolean> = {
      'vm.start': vm.status === 'down',
      'vm.resume': vm.status === 'paused',
      'vm.pause': up,
      'vm.shutdown': up,
      'vm.reboot': up,
      'vm.save': up,
      'vm.poweroff': vm.status !== 'down',
      'vm.reset': up,
    }
    return fits[command] === false
      ? inventError('vm.wrong-status', { name: vm.name, status: vm.status, action: command.slice(3) })
      : null
  }
  function runMany(command: string, vmIds: readonly unknown[], input: Record<string, unknown>): unknown {
    const results = vmIds.map((vmId) => run(command, { ...input, vmIds: undefined, vmId }) as { readonly ok: boolean })
    const failed = results.filter(({ ok }) => !ok).length
    if (failed === 0) return { ok: true, value: {}, rev }
    return { ok: false, error: inventError('batch.partly-failed', { command, failed, total: vmIds.length }) }
  }
  function run(command: string, input: Record<string, unknown>): unknown {
    if (command === 'host.add' && Array.isArray(input.addresses)) return addMany(input.addresses, input)
    if (command === 'host.candidates') return candidates(String(input.source))
    if (Array.isArray(input.vmIds)) return runMany(command, input.vmIds, input)
    const vmId = String(input.vmId ?? '')
    const refused = verdict(command, input as never)
    if (refused !== null) return { ok: false, error: refused }
    if (command === 'host.check') return check(input)
    if (command.startsWith('storage.')) return runStorage(command, input)
    if (command === 'vm.save') {
      const params = { name: 'web', action: 'save', message: 'internal error: unable to execute QEMU command migrate' }
      return { ok: false, error: inventError('vm.operation-refused', params) }
    }
    if (command === 'vm.start' || command === 'vm.resume') setStatus(vmId, 'up')
    if (command === 'vm.pause') setStatus(vmId, 'paused')
    if (command === 'vm.shutdown' || command === 'vm.poweroff') setStatus(vmId, 'down')
    if (command === 'vm.attach-disk') upsert('vms', withLun(collection('vms').get(vmId) as Vm, String(input.lunId)))
    if (command === 'settings.set')
      upsert('settings', { ...collection('settings').get('settings'), ...input, id: 'settings' } as Entity)
    if (command === 'host.add') {
      const host = inventHost(options.hosts + 1, { name: String(input.name ?? input.address) })
      upsert('hosts', host)
      return { ok: true, value: { hostId: host.id, checks: [] }, rev }
    }
    return { ok: true, value: {}, rev }
  }
  /** One row fails: nobody who looks at pages waits for that by chance. */
  function addMany(addresses: readonly string[], input: Record<string, unknown>): unknown {
    const id = `00000000-0000-4000-8000-${String(rev).padStart(12, '0')}`
    for (const [position, address] of addresses.entries()) {
      const failed = addresses.length > 1 && position === addresses.length - 1
      if (!failed) run('host.add', { ...input, addresses: undefined, address })
      const row = {
        id: `${id.slice(0, -3)}${String(position).padStart(3, '0')}`,
        position,
        subject: { kind: 'host', id: address, name: address },
        status: failed ? 'failed' : 'succeeded',
        progress: null,
        step: null,
        error: failed ? inventError('ssh.unreachable', { address, port: 22, reason: 'connection refused' }) : null,
        answer: null,
      }
      upsert('task.rows', row as Entity, id)
    }
    const [failed, total] = [addresses.length > 1 ? 1 : 0, addresses.length]
    const rows = { total, running: 0, succeeded: total - failed, failed, cancelled: 0, open: 0 }
    const vm = inventVm(1, inventHost(1).id)
    upsert('tasks', inventTask(1, vm, { id: id as never, command: 'host.add', rows }))
    if (failed === 0) return { ok: true, value: { rows: [] }, rev, taskId: id }
    return { ok: false, error: inventError('batch.partly-failed', { command: 'host.add', failed, total }), taskId: id }
  }
  function candidates(source: string): unknown {
    const host = (address: string, isAdded = false) => ({
      address,
      user: null,
      port: null,
      libvirtMode: 'system',
      isAdded,
    })
    const hosts = source === 'list' ? [] : [host('kvm1.example.org', true), host('kvm2.example.org'), host('kvm3')]
    const unread = source === 'virt-manager' ? [{ what: 'xen+ssh://old/', reason: 'unsupported' }] : []
    return { ok: true, value: { hosts, unread }, rev }
  }
  /** A host whose name ends in 5 refuses; one in 7 shows warnings; one in 3 is known to known_hosts. */
  function runStorage(command: string, input: Record<string, unknown>): unknown {
    const id = String(input.storageDomainId ?? '')
    const domain = collection('storage-domains').get(id) as StorageDomain | undefined
    const onSan = inventSanAnswer(command, input)
    if (onSan !== null) return { ok: true, value: onSan, rev }
    if (command === 'storage.check') return { ok: true, value: { hosts: inventHostChecks() }, rev }
    if (command === 'storage.create' || command === 'storage.import') {
      const { name = 'imported', type = 'data', storage, datacenterId } = input as Partial<StorageDomain>
      const number = collection('storage-domains').size + 1
      const made = inventStorageDomain(number, {
        name,
        type,
        isMaster: false,
        ...(storage === undefined ? {} : { storage }),
        ...(datacenterId === undefined ? {} : { datacenterId }),
      })
      upsert('storage-domains', made)
      return { ok: true, value: { storageDomainId: made.id }, rev }
    }
    const statuses: Readonly<Record<string, StorageDomain['status']>> = {
      'storage.maintenance': 'maintenance',
      'storage.activate': 'active',
      'storage.detach': 'unattached',
    }
    const status = statuses[command]
    if (domain !== undefined && status !== undefined) upsert('storage-domains', { ...domain, status } as StorageDomain)
    return { ok: true, value: { storageDomainId: id }, rev }
  }
  function check(input: Record<string, unknown>): unknown {
    const address = String(input.address)
    const number = /\d+$/.exec(address.split('.')[0] ?? '')?.[0] ?? ''
    const key = {
      type: 'ssh-ed25519',
      fingerprint: `SHA256:YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0${number.padStart(3, 'N')}`,
    }
    if (number.endsWith('5')) {
      return { ok: false, error: inventError('ssh.unreachable', { address, port: 22, reason: 'connection refused' }) }
    }
    if (input.transport !== 'local' && input.hostKey === undefined && !number.endsWith('3')) {
      const params = { address, port: 22, keyType: key.type, fingerprint: key.fingerprint }
      return { ok: false, error: inventError('ssh.host-key-unknown', params) }
    }
    const passed = (name: string, detail: string | null) => ({ check: name, outcome: 'passed', detail, error: null })
    const checks = [
      passed('reach', '10.77.0.14:22'),
      passed('host-key', key.fingerprint),
      passed('sign-in', 'root'),
      passed('libvirt', 'libvirt 9.0.0'),
      passed('manage', null),
      passed('qemu', 'QEMU 7.2.15'),
      {
        check: 'kvm',
        outcome: 'warning',
        detail: null,
        error: inventError('host.kvm-missing', { address: '10.77.0.14' }),
      },
      passed('memory', '16 GiB'),
    ]
    return { ok: true, value: { checks, hostKey: key, unconfirmed: null, install: null }, rev }
  }
  function sample(at: number, number: number): Entity {
    const wave = (period: number, low: number, high: number) =>
      low + ((Math.sin(at / period / 1_000 + number) + 1) / 2) * (high - low)
    return {
      id: String(at),
      at,
      elapsedMs: at,
      cpuPercent: wave(60, 5, 85),
      memoryUsedKiB: wave(90, 2, 6) * 1_048_576,
      memorySource: 'guest',
      memoryTotalKiB: 8 * 1_048_576,
      diskReadBytesPerSecond: wave(40, 0, 4e6),
      diskWriteBytesPerSecond: wave(70, 0, 2e7),
      networkReceiveBytesPerSecond: wave(50, 0, 4e6),
      networkTransmitBytesPerSecond: wave(45, 0, 1e6),
    } as Entity
  }
  function fillKeyed(topic: TopicName, key: string | undefined): void {
    const target = collection(topic, key)
    if (topic === 'vm.stats' || topic === 'host.stats') {
      for (let step = 110; step >= 0; step -= 1) {
        const entity = sample(Date.now() - step * 5_000, 1)
        target.set(entity.id, entity)
      }
    }
    if (topic === 'vm.load') {
      for (const vm of collection('vms').values() as MapIterator<Vm>) {
        if (vm.hostId !== key || vm.status !== 'up') continue
        const memorySource = vm.guestAgent === 'connected' ? 'guest' : 'host'
        const load = { at: Date.now(), cpuPercent: 38, memoryUsedKiB: 5_000_000, memorySource }
        target.set(vm.id, { id: vm.id, ...load } as Entity)
      }
    }
    if (topic === 'vm.drives') {
      target.set('vda', {
        id: 'vda',
        capacityBytes: 30 * 2 ** 30,
        allocationBytes: 12 * 2 ** 30,
        pool: 'images',
      } as Entity)
    }
    if (topic === 'snapshots' && key?.endsWith('0005') === true) {
      for (const [index, name] of ['before-upgrade', 'after-upgrade'].entries()) {
        const createdAt = Date.now() - (2 - index) * 3_600_000
        const told = { createdAt, state: 'running', description: null, parent: index === 1 ? 'before-upgrade' : null }
        const kept = { kind: 'internal', hasMemory: true, disks: ['vda'], sizeBytes: 3 * 1_024 * 1_024 }
        target.set(name, { id: name, name, ...told, isCurrent: index === 1, ...kept } as Entity)
      }
    }
    if (topic === 'vm.xml') {
      const lines = Array.from(
        { length: 60 },
        (_unused, index) =>
          `    <disk type='file' device='disk'> <!-- ${index} -->\n      <target dev='vda' bus='virtio'/>\n    </disk>`,
      )
      const xml = `<domain type='kvm' id='3'>\n  <name>web</name>\n  <devices>\n${lines.join('\n')}\n  </devices>\n</domain>\n`
      target.set('current', { id: 'current', xml } as Entity)
      target.set('next', { id: 'next', xml: xml.replace(" id='3'", '') } as Entity)
    }
  }
  function onFrame(socket: WebSocket, frame: ClientFrame): void {
    if (frame.t === 'ping') send(socket, { t: 'pong', id: frame.id, now: Date.now() })
    if (frame.t === 'call') {
      send(socket, {
        t: 'reply',
        id: frame.id,
        result: run(frame.command, frame.input as Record<string, unknown>) as never,
      })
    }
    if (frame.t === 'plan') {
      const step = (key: string) => ({ id: key, action: key, hostId: null, text: { key, params: {} }, weight: 1 })
      const steps = ['checking', 'pinning', 'storing', 'connecting'].map((key) => {
        return { ...step(key), cancellable: false, goesOn: false, data: null }
      })
      const subject = { kind: 'host' as const, id: 'node9.lab', name: 'node9.lab' }
      const { addresses = [] } = frame.input as { readonly addresses?: readonly string[] }
      const rows = addresses.map((id) => ({ subject: { kind: 'host' as const, id, name: id }, steps, error: null }))
      const value = { command: frame.command, subject, steps, locks: [], touches: [], rows }
      send(socket, { t: 'plan', id: frame.id, result: { ok: true, value, rev } })
    }
    if (frame.t === 'can-run') {
      send(socket, {
        t: 'verdicts',
        id: frame.id,
        verdicts: frame.calls.map(({ command, input }) => verdict(command, input as never)),
      })
    }
    if (frame.t === 'can-run-each') {
      const verdicts = frame.calls.map(({ command, input }) => {
        const refused = createRefusedGroups((error: WireError) => error)
        const allowedIds = frame.ids.filter((id) => {
          const refusal = verdict(command, { ...input, [frame.field]: id })
          if (refusal !== null) refused.add(refusal, [id])
          return refusal === null
        })
        return {
          allowed: allowedIds.length,
          allowedIds: frame.list ? allowedIds : null,
          refused: refused.list(),
        }
      })
      send(socket, { t: 'group-verdicts', id: frame.id, verdicts })
    }
    if (frame.t === 'subscribe') {
      const watcher = { socket, id: frame.id, topic: frame.topic as TopicName, key: frame.key }
      watchers.add(watcher)
      fillKeyed(watcher.topic, frame.key)
      send(socket, {
        t: 'snapshot',
        id: frame.id,
        epoch: 'fake',
        rev,
        entities: [...collection(frame.topic, frame.key).values()],
      })
    }
    if (frame.t === 'unsubscribe') {
      for (const watcher of watchers) if (watcher.socket === socket && watcher.id === frame.id) watchers.delete(watcher)
    }
  }

  const http = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://fake').pathname)
    const file = join(options.folder, path === '/' ? 'index.html' : path)
    if (!file.startsWith(options.folder) || !existsSync(file)) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': CSP,
    })
    createReadStream(file).pipe(response)
  })
  const sockets = new WebSocketServer({ server: http, path: '/api/socket' })
  sockets.on('connection', (socket) => {
    send(socket, { t: 'hello', epoch: 'fake', version: '0.1.0', now: Date.now() })
    socket.on('message', (data) => onFrame(socket, JSON.parse(String(data)) as ClientFrame))
    socket.on('close', () => {
      for (const watcher of watchers) if (watcher.socket === socket) watchers.delete(watcher)
    })
  })
  await new Promise<void>((resolve) => http.listen(options.port, '127.0.0.1', resolve))
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  return {
    url: `http://127.0.0.1:${port}/`,
    async stop() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      const closed = new Promise((resolve) => http.close(resolve))
      // Browsers hold connections open, some of which never carried a request.
      http.closeAllConnections()
      await closed
    },
  }
}

/** Of an inventory that nobody has done anything to yet. */
const FIRST_START: Partial<Datacenter> = {
  name: 'Default',
  activation: {
    steps: [
      { step: 'cluster', done: true },
      { step: 'host', done: false },
      { step: 'data-domain', done: false },
    ],
    next: { action: 'add-host', clusterId: INVENTED_CLUSTER, hostId: null },
  },
}

function countMembers(hosts: readonly Host[], vms: readonly Vm[]): Population {
  const count = <Status extends string>(of: readonly { readonly status: Status }[]) => {
    const counts: Partial<Record<Status, number>> = {}
    for (const { status } of of) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }
  return { hostCount: hosts.length, hostsByStatus: count(hosts), vmCount: vms.length, vmsByStatus: count(vms) }
}

function send(socket: WebSocket, frame: ServerFrame): void {
  socket.send(JSON.stringify(frame))
}

if (import.meta.main) {
  const [folder = 'out/renderer', port = '0', machines = '12', hosts = '3'] = process.argv.slice(2)
  const { url } = await startFakeEngine({
    folder,
    port: Number(port),
    machines: Number(machines),
    hosts: Number(hosts),
  })
  process.stdout.write(`${url}\n`)
}
