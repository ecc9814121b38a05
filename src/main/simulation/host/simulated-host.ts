import type { DaemonClient } from '../../libvirt/server/index.ts'
import { DaemonError } from '../../libvirt/server/index.ts'
import { liveXml, storeDefinition } from '../machine/definition-text.ts'
import { type MachineJob, REASON, SimulatedMachine, STATE } from '../machine/simulated-machine.ts'
import { residentKiB } from '../machine/statistics.ts'
import type { SimulationClock } from '../simulation-clock.ts'
import { EventRegistrations } from './event-registrations.ts'
import { cpusOf, type HostSpec } from './host-spec.ts'
import type { SimulatedPool, StoredObject } from './stored-object.ts'

/** `virDomainEventType`, and the details of each that occur here. */
export const LIFECYCLE = {
  defined: { event: 0, added: 0, updated: 1, renamed: 2 },
  undefined: { event: 1, removed: 0 },
  started: { event: 2, booted: 0, migrated: 1, restored: 2 },
  suspended: { event: 3, paused: 0, migrated: 1 },
  resumed: { event: 4, unpaused: 0, migrated: 1 },
  stopped: { event: 5, shutdown: 0, destroyed: 1, migrated: 3, saved: 4, failed: 5 },
  shutdown: { event: 6, guest: 1 },
} as const

const FIRST_VNC_PORT = 5_900
/** What the host itself holds. */
const OWN_MEMORY_KIB = 2 * 1024 * 1024
const OWN_LOAD = 0.2
/** How long a guest takes to shut itself down. */
const SHUTDOWN_MS = 2_500

/** One host: what its libvirt daemon keeps in memory. What is asked of it by clients is in `procedures/`. */
export class SimulatedHost {
  readonly spec: HostSpec
  readonly clock: SimulationClock
  readonly events = new EventRegistrations()
  readonly machines = new Map<string, SimulatedMachine>()
  readonly networks = new Map<string, StoredObject>()
  readonly pools = new Map<string, SimulatedPool>()
  #nextId = 1
  #busyNanoseconds = 0
  #idleNanoseconds = 0
  #countedMs: number

  constructor(spec: HostSpec, clock: SimulationClock) {
    this.spec = spec
    this.clock = clock
    this.#countedMs = clock.monotonicMs()
  }

  /** Throws as libvirt refuses a domain that is not there. */
  machine(uuid: string): SimulatedMachine {
    const found = this.machines.get(uuid)
    if (found === undefined) {
      throw new DaemonError('noDomain', `Domain not found: no domain with matching uuid '${uuid}'`)
    }
    return found
  }

  findByName(name: string): SimulatedMachine | null {
    return [...this.machines.values()].find((machine) => machine.definition.name === name) ?? null
  }

  findByVncPort(port: number): SimulatedMachine | null {
    return [...this.machines.values()].find(({ live }) => live?.vncPort === port) ?? null
  }

  /** Defines a domain, or gives it another definition. Throws as libvirt refuses it. */
  define(xml: string): SimulatedMachine {
    const definition = storeDefinition(xml)
    this.#assertFree(definition)
    const known = this.machines.get(definition.uuid)
    const machine = known ?? new SimulatedMachine(definition)
    machine.definition = definition
    const wasPersistent = known?.isPersistent ?? false
    machine.isPersistent = true
    this.machines.set(definition.uuid, machine)
    const { defined } = LIFECYCLE
    this.emit(machine, defined.event, wasPersistent ? defined.updated : defined.added)
    return machine
  }

  /** A domain that is gone when it ends. */
  defineTransient(xml: string): SimulatedMachine {
    const definition = storeDefinition(xml)
    this.#assertFree(definition)
    const known = this.machines.get(definition.uuid)
    if (known?.isActive === true)
      throw new DaemonError('operationInvalid', `domain is already active as '${definition.name}'`)
    const machine = known ?? new SimulatedMachine(definition)
    machine.isPersistent = known?.isPersistent ?? false
    this.machines.set(definition.uuid, machine)
    return machine
  }

  #assertFree({ name, uuid }: { readonly name: string; readonly uuid: string }): void {
    const known = this.machines.get(uuid)
    if (known !== undefined && known.definition.name !== name) {
      const message = `domain '${known.definition.name}' is already defined with uuid ${uuid}`
      throw new DaemonError('operationFailed', message)
    }
    const other = this.findByName(name)
    if (other !== null && other.uuid !== uuid) {
      throw new DaemonError('operationFailed', `domain '${name}' already exists with uuid ${other.uuid}`)
    }
  }

  /** Starts what is defined. Throws as libvirt refuses what runs already. */
  start(machine: SimulatedMachine, { isPaused = false, xml = machine.definition.xml } = {}): void {
    if (machine.isActive)
      throw new DaemonError('operationInvalid', 'Requested operation is not valid: domain is already running')
    const wasSaved = machine.hasManagedSave
    machine.hasManagedSave = false
    this.openLive(machine, xml)
    const { running, paused } = REASON
    if (isPaused) machine.setState(STATE.paused, paused.user)
    else machine.setState(STATE.running, wasSaved ? running.restored : running.booted)
    const { started, resumed, suspended } = LIFECYCLE
    // QEMU is started standing still: libvirt tells that its processors run before it tells that it was started.
    if (!isPaused) this.emit(machine, resumed.event, resumed.unpaused)
    this.emit(machine, started.event, wasSaved ? started.restored : started.booted)
    if (isPaused) this.emit(machine, suspended.event, suspended.paused)
  }

  /** Gives a machine a number, a screen and a place on this host, without a word to anybody. */
  openLive(machine: SimulatedMachine, xml: string, startedMs = this.clock.monotonicMs()): void {
    this.#count()
    const id = this.#nextId++
    const vncPort = this.#freePort()
    machine.live = { id, vncPort, startedMs, keys: [], xml: liveXml(xml, { id, vncPort, vncAddress: '127.0.0.1' }) }
  }

  /** Ends what runs. `detail`: of the event. */
  end(machine: SimulatedMachine, reason: number, detail: number): void {
    this.#count()
    machine.live = null
    machine.job = null
    machine.setState(STATE.shutOff, reason)
    if (!machine.isPersistent) this.machines.delete(machine.uuid)
    this.emit(machine, LIFECYCLE.stopped.event, detail)
  }

  /** Asks the guest to shut itself down, which takes it a moment. */
  shutDown(machine: SimulatedMachine): void {
    const { id } = machine.requireLive()
    this.clock.after(SHUTDOWN_MS, () => {
      if (machine.live?.id !== id || machine.state !== STATE.running || this.machines.get(machine.uuid) !== machine)
        return
      this.emit(machine, LIFECYCLE.shutdown.event, LIFECYCLE.shutdown.guest)
      this.end(machine, REASON.shutOff.shutdown, LIFECYCLE.stopped.shutdown)
    })
  }

  /** Forgets the definition; what runs goes on until it ends. */
  undefine(machine: SimulatedMachine): void {
    if (!machine.isPersistent) throw new DaemonError('operationInvalid', 'cannot undefine transient domain')
    machine.isPersistent = false
    machine.autostart = false
    if (!machine.isActive) this.machines.delete(machine.uuid)
    this.emit(machine, LIFECYCLE.undefined.event, LIFECYCLE.undefined.removed)
  }

  /** Sends a lifecycle event of a domain. */
  emit(machine: SimulatedMachine, event: number, detail: number): void {
    const dom = machine.reference
    this.events.emit('domain', 0, dom.uuid, (client: DaemonClient, callbackID) =>
      client.send('DOMAIN_EVENT_CALLBACK_LIFECYCLE', { callbackID, msg: { dom, event, detail } }),
    )
  }

  /** Counters of the host's processors, nanoseconds since it was simulated. */
  cpuCounters(): { readonly busy: bigint; readonly idle: bigint } {
    this.#count()
    return { busy: BigInt(Math.round(this.#busyNanoseconds)), idle: BigInt(Math.round(this.#idleNanoseconds)) }
  }

  /** Memory that nobody has, KiB. */
  freeMemoryKiB(): number {
    const used = [...this.machines.values()].reduce((sum, machine) => sum + residentKiB(machine), OWN_MEMORY_KIB)
    return Math.max(0, Math.round(this.spec.memoryKiB - used))
  }

  /** Adds what happened since the last time: a machine that ended meanwhile has been counted before it did. */
  #count(): void {
    const nowMs = this.clock.monotonicMs()
    const passedMs = nowMs - this.#countedMs
    if (passedMs <= 0) return
    this.#countedMs = nowMs
    const cpus = cpusOf(this.spec)
    let cpusBusy = OWN_LOAD
    for (const machine of this.machines.values()) {
      if (machine.state === STATE.running) cpusBusy += machine.cpuLoad.rate(nowMs / 1_000) * machine.parsed.vcpus
    }
    const busy = Math.min(cpus, cpusBusy)
    this.#busyNanoseconds += busy * passedMs * 1e6
    this.#idleNanoseconds += (cpus - busy) * passedMs * 1e6
  }

  #freePort(): number {
    const taken = new Set([...this.machines.values()].map(({ live }) => live?.vncPort))
    let port = FIRST_VNC_PORT
    while (taken.has(port)) port += 1
    return port
  }
}

/** A job that has so much to move. */
export function beginJob(totalBytes: number, startedMs: number): MachineJob {
  return { totalBytes, startedMs, remainingBytes: totalBytes, isCompleted: false }
}
