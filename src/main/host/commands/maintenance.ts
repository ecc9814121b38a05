import { exclusive, type OperationHandler } from '../../engine/index.ts'
import { decideMaintenance } from '../decide-host-life.ts'
import { movableOf } from '../evacuations.ts'
import { hostSubject } from '../rules.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/**
 * Takes a host out of use: a word that the starts of VMs heed. The VMs that run there are migrated after it, rows of the same task; one that
 * cannot be leaves the host waiting for its end.
 */
export function createHostMaintenance({
  wishes,
  evacuations,
  clock,
}: HostCommandDependencies): OperationHandler<'host.maintenance'> {
  return {
    name: 'host.maintenance',
    subject: hostSubject,
    validate: (model, { hostId, unmovable }) =>
      decideMaintenance(model, hostId, { evacuees: evacuations.evacueesOf(model, hostId), unmovable }),
    followedBy: (model, { hostId }) =>
      movableOf(evacuations.evacueesOf(model, hostId)).map(({ id: vmId }) => ({
        command: 'vm.migrate',
        input: { vmId },
      })),
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
        run: async ({ input: { hostId, reason }, user, model }) => {
          const movedVmIds = movableOf(evacuations.evacueesOf(model(), hostId)).map(({ id }) => id)
          const moved = movedVmIds.length === 0 ? {} : { movedVmIds }
          const maintenance = { since: clock.now(), user, reason, ...moved }
          await wishes.change(hostId, { ...wishes.of(hostId), maintenance })
          return null
        },
        inspect: async ({ input }) => (wishes.of(input.hostId).maintenance === null ? 'absent' : 'done'),
      },
    },
    output: () => ({}),
  }
}
