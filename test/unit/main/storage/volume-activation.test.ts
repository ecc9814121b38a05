import { describe, expect, it } from 'vitest'
import { silentLog } from '../../../../src/main/engine/index.ts'
import { decidePool } from '../../../../src/main/storage/domain-pool.ts'
import { VolumeActivation, type VolumeActivationOptions } from '../../../../src/main/storage/volume-activation.ts'
import type { BlockStorage, HostId, StorageDomainId, VmId } from '../../../../src/shared/domain/index.ts'

const ID = '5a1b7c1e-2222-4333-8444-123456789abc' as StorageDomainId
const ONE = '11111111-1111-4111-8111-111111111111' as HostId
const TWO = '22222222-2222-4222-8222-222222222222' as HostId
const WEB = '33333333-3333-4333-8333-333333333333' as VmId
const storage: BlockStorage = { kind: 'fc', lunIds: ['naa.1234'] }
const { targetPath } = decidePool(ID, 'san', storage)
const path = `${targetPath}/web`

/** The hosts' answers come when they are told to. */
function startActivation({ exitCode = 0 } = {}) {
  const ran: string[] = []
  let tell: (frame: object) => void = () => undefined
  const link = (id: HostId) => ({
    id,
    definition: { name: id === ONE ? 'one' : 'two', user: 'root', transport: 'ssh' },
    runScript: async (script: string) => {
      const kind = /lvchange -q (-a y|-a n|--refresh)/.exec(script)?.[1] ?? ''
      const what = { '-a y': 'on', '-a n': 'off', '--refresh': 'refresh' }[kind]
      ran.push(`${id === ONE ? 'one' : 'two'} ${what} ${script.includes('web') ? 'web' : '?'}`)
      return { exitCode, stdout: '', stderr: exitCode === 0 ? '' : 'no' }
    },
  })
  const activation = new VolumeActivation({
    topics: {
      subscribe: (_address: unknown, listener: (frame: object) => void) => {
        tell = listener
        return { unsubscribe: () => undefined }
      },
    },
    registry: { find: link },
    records: () => [{ id: ID, targetPath, storage }],
    log: silentLog,
  } as unknown as VolumeActivationOptions)
  const see = (hostId: HostId, status: string, sources: readonly (string | null)[] = [path, null]) =>
    tell({
      t: 'patch',
      upsert: [{ id: WEB, hostId, status, disks: sources.map((source) => ({ source })) }],
      remove: [],
    })
  const on = (hostId: HostId, paths = [path]) => activation.activate(hostId, paths, new AbortController().signal)
  return { activation, ran, see, on }
}

/** Lets what was begun end: nothing here waits for more than promises. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('volumes of machines', () => {
  it('are active from before a machine starts until it is down', async () => {
    const { ran, see, on } = startActivation()
    const end = await on(ONE)
    expect(ran).toEqual(['one on web'])
    see(ONE, 'up')
    end()
    await settle()
    expect(ran).toEqual(['one on web'])
    see(ONE, 'down')
    await settle()
    expect(ran).toEqual(['one on web', 'one off web'])
  })

  it('are deactivated when the machine did not start', async () => {
    const { ran, on } = startActivation()
    const end = await on(ONE)
    end()
    end()
    await settle()
    expect(ran).toEqual(['one on web', 'one off web'])
  })

  it('are deactivated where a machine was, once it runs elsewhere', async () => {
    const { ran, see, on } = startActivation()
    see(ONE, 'up')
    const end = await on(TWO)
    see(TWO, 'up')
    end()
    await settle()
    expect(ran).toEqual(['two on web', 'one off web'])
  })

  it('stay for a machine that starts again right after it was down', async () => {
    const { ran, see, on } = startActivation()
    see(ONE, 'up')
    see(ONE, 'down')
    const end = await on(ONE)
    await settle()
    // Either it was told in time, or it was off before it was on.
    expect(ran.at(-1)).toBe('one on web')
    see(ONE, 'up')
    end()
    await settle()
    expect(ran.at(-1)).toBe('one on web')
  })

  it('are deactivated when the disk is taken from the machine as it runs', async () => {
    const { ran, see } = startActivation()
    see(ONE, 'up')
    see(ONE, 'up', [path, '/data/more.qcow2'])
    await settle()
    expect(ran).toEqual([])
    see(ONE, 'up', ['/data/more.qcow2'])
    await settle()
    expect(ran).toEqual(['one off web'])
  })

  it('stay while nobody knows how the machine is', async () => {
    const { ran, see } = startActivation()
    see(ONE, 'up')
    see(ONE, 'unknown')
    await settle()
    expect(ran).toEqual([])
  })

  it('that were extended are read anew by the host that uses them', async () => {
    const { activation, ran } = startActivation()
    await activation.refresh(ONE, [path, '/data/web.qcow2'], new AbortController().signal)
    await activation.refresh(ONE, ['/data/web.qcow2'], new AbortController().signal)
    expect(ran).toEqual(['one refresh web'])
  })

  it('that cannot be activated refuse the start', async () => {
    const { on } = startActivation({ exitCode: 1 })
    await expect(on(ONE)).rejects.toMatchObject({ code: 'storage.host-failed' })
  })

  it('are no business of machines with their disks in folders', async () => {
    const { ran, on } = startActivation()
    const end = await on(ONE, ['/data/web.qcow2'])
    end()
    await settle()
    expect(ran).toEqual([])
  })
})
