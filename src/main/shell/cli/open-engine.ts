import { setTimeout as delay } from 'node:timers/promises'
import { isAppError } from '../../../shared/errors/index.ts'
import type { ComposedEngine } from '../compose.ts'
import type { EngineAccess } from './engine-access.ts'
import { findEngine } from './find-engine.ts'
import { createLocalEngine } from './local-engine.ts'
import { createRemoteEngine } from './remote-engine.ts'

/** How long an engine may take from opening the inventory to writing `engine.json`. */
const STARTING_LIMIT_MS = 10_000
const POLL_MS = 100

export interface OpenEngineOptions {
  readonly dataDir: string
  readonly user: string
  /** Runs an engine in this process. Rejects with `inventory.in-use` while another one has the folder. */
  readonly start: () => Promise<ComposedEngine>
}

/**
 * The engine that runs on the data folder, or else one in this process. Errors: those of starting one; `inventory.in-use`
 * when something has the folder but does not answer.
 */
export async function openEngine({ dataDir, user, start }: OpenEngineOptions): Promise<EngineAccess> {
  const running = await findEngine(dataDir)
  if (running !== null) return createRemoteEngine(running)
  const deadline = performance.now() + STARTING_LIMIT_MS
  for (;;) {
    try {
      return createLocalEngine(await start(), user, dataDir)
    } catch (error) {
      if (!isAppError(error, 'inventory.in-use') || performance.now() > deadline) throw error
      // Another engine is just starting, or a command like this one is running its own.
      await delay(POLL_MS)
      const other = await findEngine(dataDir)
      if (other !== null) return createRemoteEngine(other)
    }
  }
}
