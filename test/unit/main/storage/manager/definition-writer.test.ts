import { createHash } from 'node:crypto'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { silentLog } from '../../../../../src/main/engine/index.ts'
import {
  DefinitionWriter,
  decideBatches,
  decideFileChanges,
  type WantedFile,
} from '../../../../../src/main/storage/manager/definition-writer.ts'
import { decideWantedFiles } from '../../../../../src/main/storage/manager/wanted-files.ts'
import type {
  DomainFileChange,
  DomainPool,
  OnHost,
  StorageHost,
} from '../../../../../src/main/storage/on-host/types.ts'
import type { Disk, StorageDomainId, VmDisk, VmId } from '../../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'
import { ManualClock } from '../../engine/manual-clock.ts'

const DOMAIN = '11111111-1111-4111-8111-111111111111' as StorageDomainId
const uuid = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`
const digest = (text: string) => createHash('sha256').update(text).digest('hex')
const xml = (digit: number, text = 'x'): WantedFile => ({ folder: 'vms', fileName: `${uuid(digit)}.xml`, text })

/** A domain on no host at all: a map of its files, which may be away. */
function makeDomain() {
  const files = new Map<string, string>()
  const clock = new ManualClock()
  const calls: number[] = []
  const nothing: () => void = () => undefined
  const state = { isAway: false, wanted: [] as readonly WantedFile[], afterFirst: nothing, written: 0 }
  const assertThere = () => {
    if (state.isAway) throw new AppError('storage.not-answering', { hostName: 'a', path: '/x', timeoutMs: 1 })
  }
  const onHost: Pick<OnHost, 'writeFiles' | 'fetchDigests'> = {
    fetchDigests: async (_host, _pool, folder) => {
      assertThere()
      const own = [...files].filter(([name]) => name.startsWith(`${folder}/`))
      return new Map(own.map(([name, text]) => [name.slice(folder.length + 1), digest(text)]))
    },
    writeFiles: async (_host, _pool, changes) => {
      assertThere()
      calls.push(changes.length)
      for (const { folder, fileName, text } of changes) {
        if (text === null) files.delete(`${folder}/${fileName}`)
        else files.set(`${folder}/${fileName}`, text)
      }
      state.afterFirst()
    },
  }
  const writer = new DefinitionWriter({
    onHost,
    writerOf: () => ({ host: {} as StorageHost, pool: {} as DomainPool, owner: { id: 'e', name: 'e' } }),
    fetchWanted: async () => ({
      files: state.wanted,
      isOurs: (id) => id !== uuid(5),
      onWritten: async () => {
        state.written += 1
      },
    }),
    clock,
    log: silentLog,
  })
  onTestFinished(() => writer.stop())
  return { files, clock, calls, state, writer }
}

describe('DefinitionWriter', () => {
  it('writes what differs, removes what is not there any more, and leaves what is not its own', async () => {
    const { files, clock, calls, state, writer } = makeDomain()
    files
      .set(`vms/${uuid(1)}.xml`, 'same')
      .set(`vms/${uuid(2)}.xml`, 'old')
      .set(`vms/${uuid(3)}.xml`, 'gone')
      .set('vms/notes.txt', 'theirs')
      .set(`vms/${uuid(5)}.xml`, 'imported')
    state.wanted = [xml(1, 'same'), xml(2, 'new'), xml(4, 'more')]
    for (let times = 0; times < 100; times++) writer.changed(DOMAIN)
    expect(writer.isBehind(DOMAIN)).toBe(true)
    clock.advance(500)
    await vi.waitFor(() => expect(writer.isBehind(DOMAIN)).toBe(false))
    expect(Object.fromEntries(files)).toEqual({
      [`vms/${uuid(1)}.xml`]: 'same',
      [`vms/${uuid(2)}.xml`]: 'new',
      [`vms/${uuid(4)}.xml`]: 'more',
      'vms/notes.txt': 'theirs',
      [`vms/${uuid(5)}.xml`]: 'imported',
    })
    expect(calls).toEqual([3])
    writer.changed(DOMAIN)
    clock.advance(500)
    await vi.waitFor(() => expect(writer.isBehind(DOMAIN)).toBe(false))
    expect(calls).toEqual([3])
  })

  it('is made to write at once, and says when the domain has all', async () => {
    const { files, state, writer } = makeDomain()
    const { signal } = new AbortController()
    state.wanted = [xml(1, 'last')]
    writer.changed(DOMAIN)
    await writer.flush(DOMAIN, signal)
    expect(files.get(`vms/${uuid(1)}.xml`)).toBe('last')
    expect(state.written).toBe(1)
    state.isAway = true
    await expect(writer.flush(DOMAIN, signal)).rejects.toMatchObject({ code: 'storage.not-answering' })
    expect(state.written).toBe(1)
  })

  it('writes once more what changes while it writes', async () => {
    const { files, clock, state, writer } = makeDomain()
    state.wanted = [xml(1, 'first')]
    state.afterFirst = () => {
      state.afterFirst = () => undefined
      state.wanted = [xml(1, 'second')]
      writer.changed(DOMAIN)
    }
    writer.changed(DOMAIN)
    clock.advance(500)
    await vi.waitFor(() => {
      clock.advance(500)
      expect(files.get(`vms/${uuid(1)}.xml`)).toBe('second')
    })
  })

  it('tries again what it could not write, later and later, and at once when the domain is back', async () => {
    const { files, clock, state, writer } = makeDomain()
    state.isAway = true
    state.wanted = [xml(1, 'text')]
    writer.changed(DOMAIN)
    clock.advance(500)
    await vi.waitFor(() => expect(clock.timerCount).toBe(1))
    expect(writer.isBehind(DOMAIN)).toBe(true)
    state.isAway = false
    clock.advance(1_000)
    expect(files.size).toBe(0)
    writer.changed(DOMAIN)
    clock.advance(500)
    await vi.waitFor(() => expect(files.size).toBe(1))
  })
})

describe('what belongs into a domain', () => {
  const disk = (source: string | null, changes: Partial<VmDisk> = {}) => ({
    device: 'disk' as const,
    sourceType: 'file',
    source,
    ...changes,
  })
  const vmWith = (...disks: ReturnType<typeof disk>[]) => ({
    vm: { id: uuid(1) as VmId, name: 'web', description: null, disks },
    clusterName: 'Default',
    xml: '<domain/>',
  })
  const domain = { id: DOMAIN, poolName: 'gold', targetPath: '/data', isMaster: false }

  it.each([
    ['a disk in it', [disk('/data/a.qcow2')], false, true],
    ['a disk in a folder with a longer name', [disk('/data2/a.qcow2')], false, false],
    ['one of two', [disk('/else/a'), disk('/data/b')], false, true],
    ['by the name of the pool', [disk('gold/a.raw', { sourceType: 'volume' })], false, true],
    ['by the name of another pool', [disk('gold2/a.raw', { sourceType: 'volume' })], false, false],
    ['only a medium from it', [disk('/data/x.iso', { device: 'cdrom' })], false, false],
    ['nothing, into the master', [disk('/iso/x.iso', { device: 'cdrom' })], true, true],
    ['nothing, into another', [], false, false],
    ['elsewhere, into the master', [disk('/else/a')], true, false],
  ])('is a VM with %s', (_, disks, isMaster, expected) => {
    const files = decideWantedFiles({ ...domain, isMaster }, [vmWith(...disks)], [])
    expect(files.map(({ fileName }) => fileName)).toEqual(expected ? [`${uuid(1)}.xml`, `${uuid(1)}.json`] : [])
  })

  it('is a disk that is registered there', () => {
    const each = {
      id: uuid(7),
      storageDomainId: DOMAIN,
      registered: true,
      fileName: 'a.raw',
      alias: 'A',
      description: '',
    }
    const disks = [each, { ...each, id: uuid(8), registered: false }, { ...each, id: uuid(9), storageDomainId: 'x' }]
    const [file, ...others] = decideWantedFiles(domain, [], disks as unknown as Disk[])
    expect(others).toEqual([])
    expect(JSON.parse(file?.text ?? '')).toMatchObject({ format: 1, id: uuid(7), fileName: 'a.raw', alias: 'A' })
  })

  it('goes in batches that one call carries, in its order, and nothing is lost', () => {
    const changes: DomainFileChange[] = Array.from({ length: 150 }, (_, index) => xml(index % 10, 'y'.repeat(100_000)))
    const batches = decideBatches(changes)
    expect(batches.flat()).toEqual(changes)
    for (const batch of batches) expect(batch.length).toBeLessThanOrEqual(64)
    for (const batch of batches)
      expect(batch.reduce((sum, { text }) => sum + (text?.length ?? 0), 0)).toBeLessThanOrEqual(4 * 1024 * 1024)
    const files = [xml(1, 'y'.repeat(2 * 1024 * 1024))]
    const long = decideFileChanges('vms', { files, isOurs: () => true }, new Map([[`${uuid(1)}.xml`, 'old']]))
    expect(long).toEqual([])
  })
})
