import type { Host } from '../../../shared/domain/index.ts'
import { AppError, toWireError } from '../../../shared/errors/index.ts'
import { createAdministrator } from '../administrator.ts'
import type { ComposedEngine } from '../compose.ts'
import type { EngineAccess } from './engine-access.ts'

/** How long a subcommand waits for the hosts to be up, or known not to be, before it reads or changes anything there. */
const HOSTS_SETTLED_LIMIT_MS = 25_000

/** An engine in this process, for one subcommand. */
export function createLocalEngine(composed: ComposedEngine, user: string, dataDir: string): EngineAccess {
  const { engine, topics } = composed
  const identity = createAdministrator(user)

  /** A fresh engine knows nothing of its hosts: what it would say of their VMs is not the truth yet. */
  async function waitForHosts(): Promise<void> {
    const hosts = [...topics.collection('hosts').entities.keys()]
    await Promise.all(hosts.map((id) => topics.waitFor('hosts', id, isSettled, { timeoutMs: HOSTS_SETTLED_LIMIT_MS })))
  }

  return {
    async call(command, input) {
      if (command === 'console.open') {
        // Its ticket would end with this process.
        return { ok: false, error: toWireError(new AppError('engine.not-running', { dataDir })) }
      }
      if (needsHosts(command)) await waitForHosts()
      return engine.dispatch(identity, command, input)
    },
    async plan(command, input) {
      if (needsHosts(command)) await waitForHosts()
      return engine.plan(identity, command, input)
    },
    async read(address) {
      await waitForHosts()
      try {
        const { entities, rev } = await engine.fetchTopic(identity, address)
        return { ok: true, value: entities, rev }
      } catch (error) {
        return { ok: false, error: toWireError(error) }
      }
    },
    watch(address, onFrame, signal) {
      return new Promise((resolve) => {
        const subscription = engine.subscribe(identity, address, (frame) => {
          if (frame.t === 'closed') resolve(toWireError(frame.error))
          else onFrame(frame)
        })
        const end = () => {
          subscription.unsubscribe()
          resolve(null)
        }
        if (signal.aborted) end()
        else signal.addEventListener('abort', end, { once: true })
      })
    },
    close: () => composed.stop(),
  }
}

/** True once a host is up, or its first attempt has failed, or it is gone. */
function isSettled(host: Host | undefined): boolean {
  if (host === undefined || host.status === 'up') return true
  return host.statusError !== null || host.status === 'error' || host.status === 'non-operational'
}

function needsHosts(command: string): boolean {
  return !command.startsWith('settings.') && !command.startsWith('host.') && !command.startsWith('task.')
}
