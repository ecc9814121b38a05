import { AppError, toWireError } from '../../../shared/errors/index.ts'
import type { InstantHandler } from '../../engine/index.ts'
import { decideCopiedWish } from '../host-networks/decide-copied-wish.ts'
import { fetchFacts } from '../host-networks/fetch-facts.ts'
import { changeWish, planHostNetworks, shownCommands } from '../host-networks/plan-host-networks.ts'
import { findSetupHost, type SetupDependencies } from '../host-networks/setup-steps.ts'

/** Says what a set-up of a host's networks would do, and writes nothing. */
export function createHostPlanNetworks({ registry, store }: SetupDependencies): InstantHandler<'host.plan-networks'> {
  return {
    name: 'host.plan-networks',
    subject: (model, { hostId }) => ({ kind: 'host', id: hostId, name: model.hosts.get(hostId)?.name ?? hostId }),
    validate: (model, { hostId, copied }) => {
      if (copied?.fromHostId === hostId) return new AppError('network.copy-onto-itself', {})
      for (const id of [hostId, ...(copied === undefined ? [] : [copied.fromHostId])]) {
        const host = findSetupHost(model, id)
        if (host instanceof Error) return host
      }
      return null
    },
    execute: async ({ input, model, signal }) => {
      const link = registry.get(input.hostId)
      const facts = await fetchFacts((script, options) => link.runScript(script, options), link.definition, signal)
      const before = store.wishOf(input.hostId)
      const { copied } = input
      const base =
        copied === undefined
          ? before
          : decideCopiedWish(store.wishOf(copied.fromHostId), before, model().networks, copied.addresses)
      const plan = planHostNetworks(model(), link.definition, facts, before, changeWish(base, input))
      return {
        commands: plan.changes === null ? [] : shownCommands(plan.changes),
        files: plan.changes === null ? [] : [...plan.changes.files],
        warnings: plan.warnings.map((error) => toWireError(error)),
        refusals: plan.refusals.map((error) => toWireError(error)),
      }
    },
  }
}
