import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { CommandName } from '../../src/shared/contract/index.ts'
import { waitFor } from './command.ts'
import { startVmBench, type VmBench } from './vm-bench.ts'

const CHILD = fileURLToPath(new URL('./dying-engine.ts', import.meta.url))

/** Where an engine dies: at its n-th write of an operation or of a disk, or in the midst of the bytes of an upload. */
export interface Death {
  readonly at: number
  readonly when: 'before' | 'after' | 'disks' | 'bytes'
}

/**
 * Stops an engine, lets another one run a command on the same inventory and be killed in the midst of it, and starts a third one that takes up
 * what it left. Returns that one once nothing is open any more. Fails when the engine lived.
 */
export async function killDuring(bench: VmBench, command: CommandName, input: object, death: Death): Promise<VmBench> {
  const { dataDir, composed } = bench
  await composed.stop()
  const args = [CHILD, dataDir, command, JSON.stringify(input), String(death.at), death.when]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let told = ''
  child.stdout.on('data', (text) => {
    told += text
  })
  const [code, signal] = await once(child, 'close')
  const next = await startVmBench(dataDir)
  if (signal !== 'SIGKILL') {
    await next.stop()
    throw new Error(`${command} was not killed (${death.when} ${death.at}), exit code ${code}: ${told}`)
  }
  await waitFor(
    `nothing is open after ${command}`,
    () => next.composed.topics.collection('operations').entities.size === 0,
    60_000,
  )
  return next
}
