import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import type { VmId } from '../../../../src/shared/domain/index.ts'
import { createSampleOperation } from './sample-operation.ts'
import { createTemporaryFolder, openForTest } from './temporary-folder.ts'

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url))

function startChild(mode: 'write' | 'migrate', dataDir: string) {
  const child = spawn(process.execPath, [CHILD, mode, dataDir], { stdio: ['pipe', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said: string[] = []
  let complaints = ''
  child.stderr.on('data', (data: Buffer) => {
    complaints += data.toString()
  })
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => said.push(line))
  const ended = once(child, 'exit')
  const until = async (done: () => boolean) => {
    while (!done()) {
      await Promise.race([once(lines, 'line'), ended])
      if (child.exitCode !== null) throw new Error(`the child ended by itself: ${complaints}`)
    }
  }
  return { child, said, until }
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close')
  child.kill('SIGKILL')
  await ended
}

it('an inventory whose process was killed while it wrote opens whole, with all that was said to be written', async () => {
  const dataDir = await createTemporaryFolder()
  let writtenBefore = 0
  for (const rounds of [1, 7, 23]) {
    const { child, said, until } = startChild('write', dataDir)
    const written = () => said.filter((line) => line.startsWith('written')).length
    await until(() => written() >= rounds)
    await kill(child)
    const taskId = said[0]?.replace('task ', '')

    const inventory = await openForTest(dataDir)
    const events = (await inventory.audit.fetchLatest(10_000)).filter((event) => event.kind === 'vm.defined')
    expect(events.length).toBeGreaterThanOrEqual(writtenBefore + written())
    writtenBefore = events.length
    const [one, two, three] = await Promise.all(
      ['vm-0', 'vm-1', 'vm-2'].map((id) => inventory.vmDefinitions.fetchForVm(id as VmId)),
    )
    expect(one?.[0]?.readAt).toBeGreaterThanOrEqual(written())
    expect([two?.[0]?.name, three?.[0]?.name]).toEqual([one?.[0]?.name, one?.[0]?.name])

    const { records } = await inventory.operations.fetchOpen()
    expect(records).toMatchObject([{ id: taskId, status: 'running' }])
    expect(records[0]?.startedAt).toBeGreaterThanOrEqual(written())
    await inventory.close()
  }
}, 60_000)

it('a process that holds the folder keeps others out, and its death lets them in at once', async () => {
  const dataDir = await createTemporaryFolder()
  const { child, until, said } = startChild('write', dataDir)
  await until(() => said.length > 0)
  await expect(openForTest(dataDir)).rejects.toMatchObject({
    code: 'inventory.in-use',
    params: { path: dataDir, pid: child.pid },
  })
  await kill(child)
  await openForTest(dataDir)
}, 60_000)

it('a migration that was killed half-way has not happened, and its backup is there', async () => {
  const dataDir = await createTemporaryFolder()
  const before = await openForTest(dataDir)
  await before.operations.save([createSampleOperation(1)])
  await before.close()
  const { child, until, said } = startChild('migrate', dataDir)
  await until(() => said.includes('migrating'))
  await kill(child)
  const after = await openForTest(dataDir)
  expect(await after.operations.fetchEnded(9)).toEqual([createSampleOperation(1)])
  expect(await readdir(join(dataDir, 'backups'))).toHaveLength(1)
}, 60_000)
