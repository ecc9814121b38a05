import { exclusive, type OperationHandler } from '../../engine/index.ts'
import { decideActivate, decideReturners } from '../decide-host-life.ts'
import { NO_WISH } from '../host-wish.ts'
import { hostSubject } from '../rules.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/**
 * Takes a host into use again: nothing is wished of it any more, and one that is away is tried at once. Where that is wished, the VMs that its
 * maintenance moved away are migrated back, rows of the same task.
 */
export function createHostActivate({ registry, wishes }: HostCommandDependencies): OperationHandler<'host.activate'> {
  return {
    name: 'host.activate',
    subject: hostSubject,
    validate: (model, { hostId }) => decideActivate(model, hostId),
    followedBy: (model, { hostId, bringBack }) =>
      bringBack
        ? decideReturners(model, hostId).map(({ id: vmId }) => ({ command: 'vm.migrate', input: { vmId, hostId } }))
        : [],
    plan: (model, { hostId }) => ({
      // Not the host's own lock, which whoever waits for its reboot holds: this ends that wait.
      locks: [exclusive(`host-wish:${hostId}`)],
      touches: [hostSubject(model, { hostId })],
      steps: [{ action: 'wish', text: { key: 'activate', params: { host: hostSubject(model, { hostId }).name } } }],
    }),
    afterCrash: 'finish',
    steps: {
      wish: {
        run: async ({ input: { hostId } }) => {
          await wishes.change(hostId, NO_WISH)
          registry.find(hostId)?.nudge()
          return null
        },
        inspect: async ({ input }) => (wishes.of(input.hostId) === NO_WISH ? 'done' : 'absent'),
      },
    },
    output: () => ({}),
  }
}
