import type { Duplex } from 'node:stream'
import { type DaemonBehaviour, DaemonError, serveLibvirt } from '../libvirt/server/index.ts'
import type { SimulatedHost } from './host/simulated-host.ts'
import { createConnectHandlers } from './procedures/connect.ts'
import { createDomainLifeHandlers } from './procedures/domain-life.ts'
import { createDomainReadingHandlers } from './procedures/domain-reading.ts'
import { createEventHandlers } from './procedures/events.ts'
import { createMigrationHandlers, type Journeys } from './procedures/migration.ts'
import { createNetworkHandlers } from './procedures/network.ts'
import { createStorageHandlers } from './procedures/storage.ts'
import { createSerialConsole } from './serial-console.ts'

/** The libvirt daemon of one simulated host: what it answers, for all of its clients. */
export function createDaemon(host: SimulatedHost, journeys: Journeys): { serve(transport: Duplex): void } {
  const behaviour: DaemonBehaviour = {
    handlers: {
      ...createConnectHandlers(host),
      ...createEventHandlers(host),
      ...createDomainReadingHandlers(host),
      ...createDomainLifeHandlers(host),
      ...createNetworkHandlers(host),
      ...createStorageHandlers(host),
      ...createMigrationHandlers(host, journeys),
    },
    streams: {
      DOMAIN_OPEN_CONSOLE: ({ dom, dev_name }) => {
        const machine = host.machine(dom.uuid)
        machine.requireLive()
        if (!machine.parsed.serialPorts.some(({ alias }) => dev_name === null || alias === dev_name)) {
          throw new DaemonError('internal', `internal error: cannot find character device ${dev_name ?? ''}`)
        }
        return createSerialConsole(machine.definition.name)
      },
    },
  }
  return { serve: (transport) => void serveLibvirt(transport, behaviour) }
}
