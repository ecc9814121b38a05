import type { HostId } from '../../../shared/domain/index.ts'
import { type Clock, exclusive, type ModelSnapshot, type OperationHandler } from '../../engine/index.ts'
import { decideActivate, decideReady, decideReturners } from '../decide-host-life.ts'
import { NO_WISH } from '../host-wish.ts'
import { hostSubject } from '../rules.ts'
import type { HostCommandDependencies } from './dependencies.ts'

/** Longest time for a host to be up with its storage; then what it lacks is told by the machines that cannot migrate there. */
const READY_LIMIT_MS = 2 * 60_000
const LOOK_MS = 500

/**
 * Takes a host into use again: nothing is wished of it any more, and one that is away is tried at once. Where that is wished, the VMs that its
 * maintenance moved away are migrated back, rows of the same task.
 */
export function createHostActivate({
  registry,
  wishes,
  clock,
}: HostCommandDependencies): OperationHandler<'host.activate'> {
  return {
    name: 'host.activate',
    subject: hostSubject,
    validate: (model, { hostId }) => decideActivate(model, hostId),
    followedBy: (model, { hostId, bringBack }) =>
      bringBack
        ? decideReturners(model, hostId).map(({ id: vmId }) => ({ command: 'vm.migrate', input: { vmId, hostId } }))
        : [],
    plan: (model, { hostId, bringBack }) => ({
      // Not the host's own lock, which whoever waits for its reboot holds: this ends that wait.
      locks: [exclusive(`host-wish:${hostId}`)],
      touches: [hostSubject(model, { hostId })],
      steps: [
        { action: 'wish', text: { key: 'activate', params: { host: hostSubject(model, { hostId }).name } } },
        ...(bringBack && decideReturners(model, hostId).length > 0
          ? [{ action: 'ready', text: { key: 'await-ready', params: { host: hostSubject(model, { hostId }).name } } }]
          : []),
      ],
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
      ready: {
        timeoutMs: 2 * READY_LIMIT_MS,
        run: async ({ input: { hostId }, model, signal }) => {
          await waitUntilReady({ hostId, model, clock, signal })
          return null
        },
        inspect: async () => 'absent',
      },
    },
    output: () => ({}),
  }
}

/** Resolves once machines can migrate to the host, or its time is over. Rejects when it is aborted. */
function waitUntilReady({
  hostId,
  model,
  clock,
  signal,
}: {
  readonly hostId: HostId
  readonly model: () => ModelSnapshot
  readonly clock: Clock
  readonly signal: AbortSignal
}): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const until = clock.monotonicMs() + READY_LIMIT_MS
  let cancelLook: () => void = () => undefined
  const look = () => {
    if (decideReady(model(), hostId) || clock.monotonicMs() >= until) resolve()
    else cancelLook = clock.after(LOOK_MS, look)
  }
  const onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  else look()
  return promise.finally(() => {
    signal.removeEventListener('abort', onAbort)
    cancelLook()
  })
}
