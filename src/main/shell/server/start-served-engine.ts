import { createWebSocketByteSocket, serveClient } from '../../engine/index.ts'
import { createAdministrator } from '../administrator.ts'
import { type ComposeOptions, composeEngine } from '../compose.ts'
import { openDemo } from '../open-demo.ts'
import { VERSION } from '../version.ts'
import type { StartedEngine } from './served-engine.ts'

/** Starts the engine of a server. Errors: those of `composeEngine`. */
export async function startServedEngine(
  options: Pick<ComposeOptions, 'inventory' | 'log' | 'stopGraceMs'> & {
    /** With simulated hosts, which `user` adds while the engine is served. */
    readonly demo: boolean
    readonly user: string
  },
): Promise<StartedEngine> {
  const { demo: isDemo, user, ...rest } = options
  const demo = isDemo ? await openDemo() : null
  const composed = await composeEngine({
    ...rest,
    shell: 'server',
    version: VERSION,
    canSignOut: true,
    simulation: demo?.simulation,
  })
  const { engine, consoles, transfers, stop } = composed
  void demo?.seed(composed, createAdministrator(user), options.log)
  return {
    served: {
      engine,
      identify: createAdministrator,
      serveClient: (identity, port) => {
        serveClient(engine, identity, port, options.log)
      },
      attachConsole: (ticket, identity, socket) => consoles.attach(ticket, identity, createWebSocketByteSocket(socket)),
      attachTransfer: (ticket, identity, socket) =>
        transfers.attach(ticket, identity, createWebSocketByteSocket(socket)),
    },
    stop,
  }
}
