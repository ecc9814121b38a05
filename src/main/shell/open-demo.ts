import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract/index.ts'
import { AppError, fromWireError } from '../../shared/errors/index.ts'
import type { Identity, Log } from '../engine/index.ts'
import type { ComposedEngine, SimulatedAccess } from './compose.ts'

/** The demo: hosts that are only simulated, and what fills an empty inventory with them. */
export interface Demo {
  readonly simulation: SimulatedAccess
  /** Sets the datacenter up, as a person would, where that was not done before. Never rejects: what fails is logged, and what is there by then stays. */
  seed(composed: Pick<ComposedEngine, 'engine' | 'topics'>, identity: Identity, log: Log): Promise<void>
}

/** Loads the simulation, which no other start does, and makes its hosts. */
export async function openDemo(): Promise<Demo> {
  const { buildDemoWorld, openSimulatedRoute, seedDemo } = await import('../simulation/index.ts')
  const world = buildDemoWorld()
  return {
    simulation: {
      openRoute: async ({ address }) => openSimulatedRoute(world, address),
      startBulkThread: ({ definition: { name } }) => {
        throw new AppError('host.simulated', { name, hint: 'bulk' })
      },
    },
    seed: async ({ engine, topics }, identity, log) => {
      const { hosts, clusters, datacenters } = topics.model()
      const [datacenter] = datacenters.values()
      const [cluster] = clusters.values()
      // An engine that was started anew has its hosts already.
      if (hosts.size > 0 || datacenter === undefined || cluster === undefined) return
      const run = async <N extends CommandName>(command: N, input: CommandInput<N>): Promise<CommandOutput<N>> => {
        const result = await engine.dispatch(identity, command, input)
        if (!result.ok) throw fromWireError(result.error)
        return result.value as CommandOutput<N>
      }
      try {
        await seedDemo(run, { datacenterId: datacenter.id, clusterId: cluster.id })
      } catch (error) {
        log.error({ err: error }, 'the demo could not be set up')
      }
    },
  }
}
