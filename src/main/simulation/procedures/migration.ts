import { type TypedParameter, typedParameter, typedParametersToObject } from '../../libvirt/index.ts'
import { DaemonError, type DaemonHandlers } from '../../libvirt/server/index.ts'
import { beginJob, LIFECYCLE, type SimulatedHost } from '../host/simulated-host.ts'
import { storeDefinition } from '../machine/definition-text.ts'
import { type MachineJob, REASON, SimulatedMachine, STATE } from '../machine/simulated-machine.ts'
import type { SimulationClock } from '../simulation-clock.ts'

/** `virDomainMigrateFlags`, those that matter here. */
const MIGRATE = { persistAtDestination: 8, undefineAtSource: 16, paused: 32 } as const
/** `virDomainJobType`, and the flag that asks for the job that has ended. */
const JOB = { none: 0, unbounded: 2, completed: 3 } as const
const COMPLETED = 1
/** As a line of ten gigabits carries it. */
const BYTES_PER_SECOND = 1.1e9
const TICK_MS = 100
const DOWNTIME_MS = 45
/** What of a guest's memory has to be sent: pages of zeros are not. */
const SENT_SHARE = 0.6

/** A machine on its way between two hosts, as both daemons know it. */
interface Journey {
  readonly source: SimulatedHost
  readonly uuid: string
  readonly startedMs: number
  destination: SimulatedHost | null
  /** Ends the sending with libvirt's word for it. */
  abort: (why: DaemonError) => void
}

/** All journeys between the hosts of one world. The cookie that a client carries names the machine. */
export type Journeys = Map<string, Journey>

/** Managed migration of protocol 3 with parameters, between hosts of the same world (https://libvirt.org/migration.html). */
export function createMigrationHandlers(host: SimulatedHost, journeys: Journeys): DaemonHandlers {
  const { clock } = host
  return {
    DOMAIN_MIGRATE_BEGIN3_PARAMS: ({ dom }, client) => {
      const machine = host.machine(dom.uuid)
      const { startedMs } = machine.requireLive()
      if (journeys.has(machine.uuid)) {
        throw new DaemonError('operationInvalid', 'another migration job is already running for domain')
      }
      const journey: Journey = {
        source: host,
        uuid: machine.uuid,
        startedMs,
        destination: null,
        abort: () => undefined,
      }
      journeys.set(machine.uuid, journey)
      // The client carries all that the hosts know of each other: without it the migration is over.
      void client.closed.then(() => breakOff(journeys, journey))
      return { cookie_out: Buffer.from(machine.uuid), xml: machine.definition.xml }
    },
    DOMAIN_MIGRATE_PREPARE3_PARAMS: ({ params, cookie_in }, client) => {
      const journey = journeyOf(journeys, cookie_in)
      const given = typedParametersToObject(params).destination_xml
      const definition = storeDefinition(typeof given === 'string' ? given : '')
      const there = host.machines.get(definition.uuid)
      if (there?.isActive === true || journey.source === host) {
        throw new DaemonError('operationInvalid', `domain is already active as '${definition.name}'`)
      }
      const incoming = there ?? new SimulatedMachine(definition)
      incoming.isPersistent = there?.isPersistent ?? false
      host.machines.set(definition.uuid, incoming)
      host.openLive(incoming, definition.xml, journey.startedMs)
      incoming.setState(STATE.paused, REASON.paused.migration)
      host.emit(incoming, LIFECYCLE.started.event, LIFECYCLE.started.migrated)
      journey.destination = host
      void client.closed.then(() => {
        if (journeys.get(journey.uuid) !== journey) return
        journey.abort(new DaemonError('operationFailed', 'migration job: unexpectedly failed'))
        dropIncoming(host, journey.uuid)
      })
      return { cookie_out: cookie_in, uri_out: `tcp://${host.spec.address}:49152` }
    },
    DOMAIN_MIGRATE_PERFORM3_PARAMS: async ({ dom, params, cookie_in, flags }) => {
      const machine = host.machine(dom.uuid)
      machine.requireLive()
      const journey = journeyOf(journeys, cookie_in)
      const job = beginJob(machine.parsed.memoryKiB * 1024 * SENT_SHARE, clock.monotonicMs())
      machine.job = job
      try {
        await send(journey, job, bytesPerSecond(params), clock)
      } catch (error) {
        machine.job = null
        throw error
      }
      if ((flags & MIGRATE.paused) === 0) {
        machine.setState(STATE.paused, REASON.paused.migration)
        host.emit(machine, LIFECYCLE.suspended.event, LIFECYCLE.suspended.migrated)
      }
      return { cookie_out: cookie_in }
    },
    DOMAIN_MIGRATE_FINISH3_PARAMS: ({ params, cookie_in, flags, cancelled }) => {
      const name = typedParametersToObject(params).destination_name
      const machine = typeof name === 'string' ? host.findByName(name) : null
      if (machine === null || machine.live === null) throw new DaemonError('noDomain', 'Domain not found')
      if (cancelled !== 0) {
        dropIncoming(host, machine.uuid)
        throw new DaemonError('internal', 'library function returned error but did not set virError', 'none')
      }
      const journey = journeyOf(journeys, cookie_in)
      if ((flags & MIGRATE.persistAtDestination) !== 0) {
        const wasPersistent = machine.isPersistent
        machine.isPersistent = true
        const { event, added, updated } = LIFECYCLE.defined
        host.emit(machine, event, wasPersistent ? updated : added)
      }
      const isPaused = (flags & MIGRATE.paused) !== 0
      if (isPaused) machine.setState(STATE.paused, REASON.paused.user)
      else machine.setState(STATE.running, REASON.running.migrated)
      machine.job = completed(journey, clock)
      const { resumed, suspended } = LIFECYCLE
      host.emit(machine, isPaused ? suspended.event : resumed.event, isPaused ? suspended.paused : resumed.migrated)
      return { dom: machine.reference, cookie_out: cookie_in }
    },
    DOMAIN_MIGRATE_CONFIRM3_PARAMS: ({ dom, flags, cancelled }) => {
      const machine = host.machine(dom.uuid)
      journeys.delete(machine.uuid)
      if (cancelled !== 0) {
        runOn(host, machine)
        return undefined
      }
      host.end(machine, REASON.shutOff.migrated, LIFECYCLE.stopped.migrated)
      if ((flags & MIGRATE.undefineAtSource) !== 0 && machine.isPersistent) host.undefine(machine)
      return undefined
    },
    DOMAIN_GET_JOB_STATS: ({ dom, flags }) => {
      const { job } = host.machine(dom.uuid)
      const isAskedFor = job !== null && job.isCompleted === ((flags & COMPLETED) !== 0)
      if (!isAskedFor) return { type: JOB.none, params: [] }
      return { type: job.isCompleted ? JOB.completed : JOB.unbounded, params: describeJob(job, clock) }
    },
    DOMAIN_ABORT_JOB: ({ dom }) => {
      const machine = host.machine(dom.uuid)
      machine.requireLive()
      const journey = journeys.get(machine.uuid)
      if (journey === undefined || machine.job === null) {
        throw new DaemonError('operationInvalid', 'Requested operation is not valid: no job is active on the domain')
      }
      journey.abort(new DaemonError('operationAborted', 'operation aborted: migration out job: canceled by client'))
      return undefined
    },
    DOMAIN_MIGRATE_SET_MAX_DOWNTIME: ({ dom }) => {
      host.machine(dom.uuid).requireLive()
      return undefined
    },
  }
}

/** Sends at the given speed until nothing is left, or somebody ends it. */
function send(journey: Journey, job: MachineJob, perSecond: number, clock: SimulationClock): Promise<void> {
  return new Promise((resolve, reject) => {
    let cancelTick: () => void = () => undefined
    journey.abort = (why) => {
      cancelTick()
      reject(why)
    }
    const tick = () => {
      const sent = ((clock.monotonicMs() - job.startedMs) / 1_000) * perSecond
      job.remainingBytes = Math.max(0, job.totalBytes - sent)
      if (job.remainingBytes === 0) resolve()
      else cancelTick = clock.after(TICK_MS, tick)
    }
    tick()
  })
}

/** The client's limit is in MiB/s. */
function bytesPerSecond(params: readonly TypedParameter[]): number {
  const limit = Number(typedParametersToObject(params).bandwidth ?? 0)
  return limit > 0 ? Math.min(BYTES_PER_SECOND, limit * 1024 * 1024) : BYTES_PER_SECOND
}

function journeyOf(journeys: Journeys, cookie: Uint8Array): Journey {
  const found = journeys.get(Buffer.from(cookie).toString('utf8'))
  if (found === undefined) throw new DaemonError('operationFailed', 'migration cookie belongs to no migration')
  return found
}

function breakOff(journeys: Journeys, journey: Journey): void {
  if (journeys.get(journey.uuid) !== journey) return
  journeys.delete(journey.uuid)
  journey.abort(new DaemonError('operationFailed', 'migration job: unexpectedly failed'))
  const { destination, source, uuid } = journey
  if (destination !== null) dropIncoming(destination, uuid)
  const machine = source.machines.get(uuid)
  const runsThere = destination?.machines.get(uuid)?.isActive === true
  // One that runs at the other host by now never runs here again.
  if (machine !== undefined && !runsThere) runOn(source, machine)
}

/** Takes down what waits for memory that does not come. What runs already is left alone. */
function dropIncoming(host: SimulatedHost, uuid: string): void {
  const incoming = host.machines.get(uuid)
  if (incoming === undefined || incoming.state !== STATE.paused || incoming.reason !== REASON.paused.migration) return
  host.end(incoming, REASON.shutOff.destroyed, LIFECYCLE.stopped.failed)
}

function runOn(host: SimulatedHost, machine: SimulatedMachine): void {
  machine.job = null
  if (machine.state !== STATE.paused || machine.reason !== REASON.paused.migration) return
  machine.setState(STATE.running, REASON.running.migrationCanceled)
  host.emit(machine, LIFECYCLE.resumed.event, LIFECYCLE.resumed.migrated)
}

function completed(journey: Journey, clock: SimulationClock): MachineJob {
  const sent = journey.source.machines.get(journey.uuid)?.job
  const totalBytes = sent?.totalBytes ?? 0
  return { totalBytes, startedMs: sent?.startedMs ?? clock.monotonicMs(), remainingBytes: 0, isCompleted: true }
}

function describeJob(
  { totalBytes, remainingBytes, startedMs, isCompleted }: MachineJob,
  clock: SimulationClock,
): TypedParameter[] {
  const elapsedMs = Math.max(1, clock.monotonicMs() - startedMs)
  const total = BigInt(Math.round(totalBytes))
  const remaining = BigInt(Math.round(remainingBytes))
  const ullong = (field: string, value: bigint) => typedParameter('ullong', field, value)
  return [
    ullong('time_elapsed', BigInt(Math.round(elapsedMs))),
    ...['data', 'memory'].flatMap((kind) => [
      ullong(`${kind}_total`, total),
      ullong(`${kind}_processed`, total - remaining),
      ullong(`${kind}_remaining`, remaining),
    ]),
    ullong('memory_bps', BigInt(Math.round((Number(total - remaining) / elapsedMs) * 1_000))),
    ullong('memory_iteration', 1n),
    ...(isCompleted ? [ullong('downtime', BigInt(DOWNTIME_MS))] : []),
  ]
}
