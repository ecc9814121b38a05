import type { Duplex } from 'node:stream'
import { createDaemon } from './daemon.ts'
import type { HostSpec } from './host/host-spec.ts'
import { SimulatedHost } from './host/simulated-host.ts'
import type { Journeys } from './procedures/migration.ts'
import { type SimulationClock, systemSimulationClock } from './simulation-clock.ts'

/** One host of a world, with its daemon. */
export interface WorldHost {
  readonly host: SimulatedHost
  /** Serves one client of the host's libvirt daemon. */
  serve(transport: Duplex): void
}

/** Hosts that know each other: machines can move between them. */
export interface SimulatedWorld {
  add(spec: HostSpec): SimulatedHost
  /** By the address that it is reached at; null: there is no such host. */
  find(address: string): WorldHost | null
}

/** An empty world. */
export function createWorld(clock: SimulationClock = systemSimulationClock): SimulatedWorld {
  const hosts = new Map<string, WorldHost>()
  const journeys: Journeys = new Map()
  return {
    add: (spec) => {
      const host = new SimulatedHost(spec, clock)
      const { serve } = createDaemon(host, journeys)
      hosts.set(spec.address, { host, serve })
      return host
    },
    find: (address) => hosts.get(address) ?? null,
  }
}
