import type { CommandInput, CommandName, CommandOutput } from '../../../shared/contract/index.ts'
import type { ClusterId, DatacenterId } from '../../../shared/domain/index.ts'
import { DEMO_CLUSTERS, DEMO_DATACENTER, DEMO_NETWORKS } from './demo-plan.ts'

/** Runs a command as a person would. Rejects with its error. */
export type RunCommand = <N extends CommandName>(command: N, input: CommandInput<N>) => Promise<CommandOutput<N>>

/**
 * Sets the demo's datacenter up by the commands that a person has, so that it is as good as one that a person made, and its trail says how
 * it came to be. `first`: the datacenter and the cluster that an empty inventory begins with.
 */
export async function seedDemo(
  run: RunCommand,
  first: { readonly datacenterId: DatacenterId; readonly clusterId: ClusterId },
): Promise<void> {
  const { datacenterId } = first
  await run('datacenter.edit', {
    datacenterId,
    name: DEMO_DATACENTER,
    description: 'Six simulated hosts with sixty machines. Nothing here is real, and nothing of it is kept.',
  })
  for (const { name, vlanId } of DEMO_NETWORKS) await run('network.create', { datacenterId, name, vlanId })
  for (const [place, { name, hosts }] of DEMO_CLUSTERS.entries()) {
    const { clusterId } =
      place === 0
        ? await run('cluster.edit', { clusterId: first.clusterId, name })
        : await run('cluster.create', { datacenterId, name })
    for (const { address } of hosts) {
      const hostName = address.split('.')[0] ?? address
      await run('host.add', { name: hostName, address, user: 'root', clusterId })
    }
  }
}
