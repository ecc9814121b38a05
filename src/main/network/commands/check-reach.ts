import type { CommandOutput } from '../../../shared/contract/index.ts'
import type { HostId } from '../../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../../shared/errors/index.ts'
import type { InstantHandler } from '../../engine/index.ts'
import { mapLimit } from '../../hosts/index.ts'
import { decideReachHost, type ReachHost, reachMtu } from '../host-networks/decide-reach-plan.ts'
import { runAsRootOrFail } from '../host-networks/host-shell.ts'
import type { SetupDependencies } from '../host-networks/setup-steps.ts'
import { askReachScript, parseReach } from '../on-host/ask-reach-script.ts'
import { findNetwork, networkSubject } from '../rules.ts'

const TIMEOUT_MS = 60_000
/** Hosts that are asked to ask at once. */
const AT_ONCE = 8

type Pair = CommandOutput<'network.check-reach'>['pairs'][number]

/** Has the hosts of a cluster ask for each other over a network: from the address of each to that of each other. */
export function createNetworkCheckReach({ registry, store }: SetupDependencies): InstantHandler<'network.check-reach'> {
  return {
    name: 'network.check-reach',
    subject: networkSubject,
    validate: (model, { networkId, clusterId }) => {
      const network = findNetwork(model, networkId)
      if (network instanceof AppError) return network
      const cluster = model.clusters.get(clusterId)
      if (cluster === undefined) return new AppError('cluster.not-found', { clusterId })
      if (network.clusters.some((each) => each.clusterId === clusterId)) return null
      const params = { name: network.name, clusterName: cluster.name }
      return new AppError('network.not-attached', params, { subject: network.name })
    },
    execute: async ({ input: { networkId, clusterId }, model, signal }) => {
      const network = findNetwork(model(), networkId)
      if (network instanceof AppError) throw network
      const hosts = model()
        .hosts.where('clusterId', clusterId)
        .filter(({ stale, transport }) => !stale && transport === 'ssh')
      await mapLimit(hosts, AT_ONCE, ({ id }) => store.refresh(id))
      const found = hosts.flatMap(({ id }): ReachHost | [] => {
        const there = store.of(id)
        return (there === null ? null : decideReachHost(there, network)) ?? []
      })
      const failures: { readonly hostId: HostId; readonly error: ReturnType<typeof toWireError> }[] = []
      const pairs: Pair[] = []
      await mapLimit(found, AT_ONCE, async (from) => {
        const others = found.filter(({ hostId }) => hostId !== from.hostId)
        const targets = others.map(({ address }) => ({ address, mtu: reachMtu(network) }))
        if (targets.length === 0) return
        try {
          const link = registry.get(from.hostId)
          const output = await runAsRootOrFail(
            (script, options) => link.runScript(script, options),
            link.definition,
            askReachScript(from.interfaceName, targets),
            { timeoutMs: TIMEOUT_MS, signal },
          )
          const answers = parseReach(output, targets.length)
          others.forEach(({ hostId, address }, index) => {
            const reach = answers[index] ?? 'silent'
            pairs.push({ fromHostId: from.hostId, toHostId: hostId, fromAddress: from.address, address, reach })
          })
        } catch (error) {
          if (!isAppError(error) || signal.aborted) throw error
          failures.push({ hostId: from.hostId, error: toWireError(error) })
        }
      })
      const asked = new Set<string>(found.map(({ hostId }) => hostId))
      return { pairs, failures, withoutAddress: hosts.flatMap(({ id }) => (asked.has(id) ? [] : [id])) }
    },
  }
}
