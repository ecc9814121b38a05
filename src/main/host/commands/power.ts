import type { HostId } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { exclusive, type OperationHandler, type StepContext } from '../../engine/index.ts'
import { askPower, fetchBootId } from '../../hosts/index.ts'
import { decidePower } from '../decide-host-life.ts'
import { hostSubject } from '../rules.ts'
import type { HostCommandDependencies } from './dependencies.ts'

type PowerCommand = 'host.reboot' | 'host.shutdown'
type Context = StepContext<PowerCommand>

/** More than the longest that the settings allow: the wait has a limit of its own. */
const WAIT_TIMEOUT_MS = 3 * 60 * 60_000

/** Reboot and shutdown of a host over SSH. What was asked for is stored first; that it happened is seen, not believed. */
export function createHostPower(dependencies: HostCommandDependencies) {
  return {
    'host.reboot': createHandler(dependencies, 'host.reboot', 'reboot'),
    'host.shutdown': createHandler(dependencies, 'host.shutdown', 'shutdown'),
  }
}

function createHandler<N extends PowerCommand>(
  dependencies: HostCommandDependencies,
  name: N,
  action: 'reboot' | 'shutdown',
): OperationHandler<PowerCommand> & { readonly name: N } {
  const { registry, wishes } = dependencies
  return {
    name,
    subject: hostSubject,
    validate: (model, { hostId, withRunningVms }) => decidePower(model, hostId, name, withRunningVms),
    auditParams: ({ withRunningVms }) => ({ withRunningVms }),
    plan: (model, { hostId }) => {
      const params = { host: hostSubject(model, { hostId }).name }
      return {
        // Exclusive: what is at work on one of its VMs ends first, and nothing begins meanwhile.
        locks: [exclusive(`host:${hostId}`)],
        touches: [hostSubject(model, { hostId })],
        steps: [
          { action: 'ask', hostId, text: { key: `host-${action}`, params } },
          { action: 'wait', hostId, text: { key: `await-${action}`, params }, weight: 9, cancellable: true },
        ],
      }
    },
    afterCrash: 'finish',
    steps: {
      ask: {
        run: async (context) => {
          await ask(dependencies, context, action)
          return null
        },
        // Asked twice it would go down twice: what is not seen is not repeated.
        inspect: async ({ input }) => (wishes.of(input.hostId).power === null ? 'unknowable' : 'done'),
      },
      wait: {
        timeoutMs: WAIT_TIMEOUT_MS,
        run: async ({ input, signal }) => {
          await waitForPower(dependencies, input.hostId, signal)
          return null
        },
        inspect: async ({ input: { hostId } }) =>
          decideWaited(registry.find(hostId), wishes.of(hostId).power) === 'done' ? 'done' : 'absent',
      },
    },
    output: () => ({}),
  }
}

async function ask(
  { registry, wishes, clock }: HostCommandDependencies,
  { input: { hostId }, user, signal }: Context,
  action: 'reboot' | 'shutdown',
): Promise<void> {
  const link = registry.get(hostId)
  const session = link.session()
  const { name } = link.definition
  if (session === null) {
    throw new AppError('host.not-connected', { name, status: link.state.status }, { hostId, retry: 'safe' })
  }
  const before = wishes.of(hostId)
  const bootId = await fetchBootId(session, { signal })
  await wishes.change(hostId, { ...before, power: { action, since: clock.now(), user, bootId } })
  try {
    const refusal = await askPower(session, action, { signal })
    if (refusal === null) return
    const about = { subject: name, hostId }
    throw new AppError('host.power-refused', { name, action: `host.${action}`, message: refusal }, about)
  } catch (error) {
    // Lost in the middle of the answer: it goes down, or it is lost; the next step sees which.
    if (isAppError(error, 'ssh.connection-lost') || isAppError(error, 'ssh.channel-closed')) return
    await wishes.change(hostId, before)
    throw error
  }
}

/** A link as far as the wait looks at it. */
type Waited = { readonly isLive: boolean; session(): unknown } | null

/** Is the host where it was asked to go? A reboot that was seen is no wish any more. Pure. */
export function decideWaited(
  link: Waited,
  power: { readonly action: 'reboot' | 'shutdown' } | null,
): 'done' | 'not-yet' {
  if (power === null) return 'done'
  const isSilent = link === null || (!link.isLive && link.session() === null)
  return power.action === 'shutdown' && isSilent ? 'done' : 'not-yet'
}

/** Resolves when the host has rebooted, or is silent after its shutdown. Errors: host.not-back, host.did-not-go. */
function waitForPower(
  { registry, wishes }: HostCommandDependencies,
  hostId: HostId,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = () => {
    const link = registry.find(hostId)
    const { power } = wishes.of(hostId)
    if (decideWaited(link, power) === 'done') resolve()
    else if (link !== null && power !== null && wishes.isOverdue(hostId)) {
      const { name } = link.definition
      const about = { subject: name, hostId }
      const isAnswering = link.isLive || link.session() !== null
      reject(
        isAnswering
          ? new AppError('host.did-not-go', { name, action: `host.${power.action}` }, about)
          : new AppError('host.not-back', { name }, about),
      )
    }
  }
  const onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
  const ends = [
    registry.onChange((change) => {
      if (change.hostId === hostId) look()
    }),
    wishes.onChange((changed) => {
      if (changed === hostId) look()
    }),
  ]
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  else look()
  return promise.finally(() => {
    signal.removeEventListener('abort', onAbort)
    for (const end of ends) end()
  })
}
