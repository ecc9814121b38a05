import { exclusive, type OperationHandler } from '../../engine/index.ts'
import { decideMaintenance } from '../decide-host-life.ts'
import { hostSubject } from '../rules.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/** Takes a host out of use. Nothing is done on the host itself: it is a word that the starts of VMs heed. */
export function createHostMaintenance({
  wishes,
  clock,
}: HostCommandDependencies): OperationHandler<'host.maintenance'> {
  return {
    name: 'host.maintenance',
    subject: hostSubject,
    validate: (model, { hostId }) => decideMaintenance(model, hostId),
    auditParams: ({ reason }) => (reason === null ? {} : { reason }),
    // Exclusive: a start that is under way there ends first, and then counts.
    plan: (model, { hostId }) => ({
      locks: [exclusive(`host:${hostId}`)],
      touches: [hostSubject(model, { hostId })],
      steps: [{ action: 'wish', text: { key: 'maintenance', params: { host: hostSubject(model, { hostId }).name } } }],
    }),
    afterCrash: 'finish',
    steps: {
      wish: {
        run: async ({ input: { hostId, reason }, user }) => {
          const maintenance = { since: clock.now(), user, reason }
          await wishes.change(hostId, { ...wishes.of(hostId), maintenance })
          return null
        },
        inspect: async ({ input }) => (wishes.of(input.hostId).maintenance === null ? 'absent' : 'done'),
      },
    },
    output: () => ({}),
  }
}
