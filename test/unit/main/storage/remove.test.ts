import { describe, expect, it } from 'vitest'
import type { StepContext } from '../../../../src/main/engine/index.ts'
import type { StorageCommandDependencies } from '../../../../src/main/storage/commands/dependencies.ts'
import { createStorageRemove } from '../../../../src/main/storage/commands/remove.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { makeRecord } from './make-domain.ts'

describe('formatting a storage domain', () => {
  it.each<[string, AppError | null]>([
    ['done', null],
    ['failed', new AppError('storage.not-answering', { hostName: 'alpha', path: '/data', timeoutMs: 1 })],
  ])('holds its lock until all is deleted: %s', async (_, failure) => {
    const done: string[] = []
    const tell = (what: string) => async () => void done.push(what)
    const record = makeRecord()
    const link = { id: 'host', whenLive: async () => true }
    const dependencies = {
      store: { get: () => record },
      registry: { get: () => link },
      connections: { troubleOf: () => null },
      owners: { take: tell('lock'), release: tell('unlock') },
      onHost: {
        fetchDescriptor: async () => null,
        format: async () => {
          done.push('delete')
          if (failure !== null) throw failure
        },
      },
      engine: { id: 'engine', name: 'here' },
    } as unknown as StorageCommandDependencies
    const { format } = createStorageRemove(dependencies).steps
    const context = {
      input: { storageDomainId: record.id, format: true },
      step: { hostId: '11111111-1111-4111-8111-111111111111' },
      signal: new AbortController().signal,
    } as unknown as StepContext<'storage.remove'>
    const running = format?.run(context)
    if (failure === null) await running
    else await expect(running).rejects.toBe(failure)
    expect(done).toEqual(['lock', 'delete', 'unlock'])
  })
})
