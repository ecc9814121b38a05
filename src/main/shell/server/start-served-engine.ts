import { createWebSocketByteSocket, serveClient } from '../../engine/index.ts'
import { createAdministrator } from '../administrator.ts'
import { type ComposeOptions, composeEngine } from '../compose.ts'
import { VERSION } from '../version.ts'
import type { StartedEngine } from './served-engine.ts'

/** Starts the engine of a server. Errors: those of `composeEngine`. */
export async function startServedEngine(
  options: Pick<ComposeOptions, 'inventory' | 'log' | 'stopGraceMs'>,
): Promise<StartedEngine> {
  const { engine, consoles, transfers, stop } = await composeEngine({
    ...options,
    shell: 'server',
    version: VERSION,
    canSignOut: true,
  })
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
