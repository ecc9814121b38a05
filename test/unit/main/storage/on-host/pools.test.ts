import { expect, test } from 'vitest'
import { disconnect } from '../../../../../src/main/storage/on-host/pools.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'
import { makeRecord } from '../make-domain.ts'

const refusal = (procedure: string) =>
  new AppError('libvirt.call-failed', {
    procedure,
    libvirtCode: 55,
    libvirtDomain: 18,
    message: 'storage pool is still active',
    level: 2,
  })

/** A host whose pool somebody starts again so many times, right before it is undefined. */
function makeHost({ startedAgain }: { readonly startedAgain: number }) {
  let pool: 'running' | 'defined' | 'gone' = 'running'
  let left = startedAgain
  const calls: string[] = []
  const call = async (procedure: string) => {
    calls.push(procedure.replace('STORAGE_POOL_', ''))
    if (procedure === 'STORAGE_POOL_LOOKUP_BY_UUID') return { pool: { name: 'data', uuid: '' } }
    if (procedure === 'STORAGE_POOL_GET_INFO') return { state: pool === 'running' ? 2 : 0 }
    if (procedure === 'STORAGE_POOL_GET_XML_DESC') {
      return { xml: "<pool type='dir'><name>data</name><uuid>1</uuid><target><path>/data</path></target></pool>" }
    }
    if (procedure === 'STORAGE_POOL_DESTROY') pool = 'defined'
    if (procedure === 'STORAGE_POOL_UNDEFINE') {
      if (left-- > 0) pool = 'running'
      if (pool === 'running') throw refusal(procedure)
      pool = 'gone'
    }
    return {}
  }
  return { host: { family: () => ({ call }) } as never, calls, now: () => pool }
}

const { id, poolName, targetPath, storage } = makeRecord()

test.each([
  ['nobody starts it', 0, 'gone'],
  ['somebody starts it once more meanwhile', 1, 'gone'],
])('a pool is taken from a host: %s', async (_what, startedAgain, after) => {
  const { host, now } = makeHost({ startedAgain })
  await disconnect(host, { id, poolName, targetPath, storage }, {})
  expect(now()).toBe(after)
})

test('a pool that is started again and again is left, and libvirt’s own word is told', async () => {
  const { host, calls } = makeHost({ startedAgain: 99 })
  await expect(disconnect(host, { id, poolName, targetPath, storage }, {})).rejects.toMatchObject({
    code: 'libvirt.call-failed',
  })
  expect(calls.filter((name) => name === 'UNDEFINE')).toHaveLength(3)
})
