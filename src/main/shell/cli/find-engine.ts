import { randomBytes } from 'node:crypto'
import { type EngineFile, isTokenProven, readEngineFile } from '../server/engine-file.ts'
import { requestJson } from './remote-request.ts'

const HEALTH_TIMEOUT_MS = 5_000

/**
 * The engine that runs on a data folder, or null. `engine.json` may be left over from a crash: its process must live and
 * whoever answers at its address must prove that it has the token, before the token itself is sent there.
 */
export async function findEngine(dataDir: string): Promise<EngineFile | null> {
  const nonce = randomBytes(24).toString('base64url')
  try {
    const file = await readEngineFile(dataDir)
    if (file === null || !isAlive(file.pid)) return null
    const answer = await requestJson(file, {
      method: 'GET',
      path: `/api/health?nonce=${nonce}`,
      timeoutMs: HEALTH_TIMEOUT_MS,
      authorized: false,
    })
    const proof = typeof answer === 'object' && answer !== null && 'proof' in answer ? String(answer.proof) : ''
    return isTokenProven(file.token, nonce, proof) ? file : null
  } catch {
    // Nobody answers, or the file is another user's: opening the inventory says then what keeps us from it.
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
