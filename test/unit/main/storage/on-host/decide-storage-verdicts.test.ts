import { describe, expect, it } from 'vitest'
import { decideStorageVerdicts } from '../../../../../src/main/storage/on-host/decide-storage-verdicts.ts'
import type { FolderFacts, MountTry, WriteTry } from '../../../../../src/main/storage/on-host/storage-facts.ts'
import type { WantedStorage } from '../../../../../src/main/storage/on-host/types.ts'
import type { DomainStorage, StorageDomainId } from '../../../../../src/shared/domain/index.ts'
import { makeDefinition } from '../../host/make-definition.ts'

const ID = '11111111-1111-4111-8111-111111111111' as StorageDomainId
const definition = makeDefinition({ name: 'alpha' })
const host = { id: definition.id, definition }
const posix: DomainStorage = { kind: 'posix', path: '/mnt/data' }
const nfs: DomainStorage = { kind: 'nfs', server: 'files', export: '/exports/data', version: 'auto' }
const tryOf = (outcome: WriteTry['outcome'], ownerId: number | null = null): WriteTry => ({
  outcome,
  ownerId,
  detail: outcome,
})
const good: FolderFacts = {
  kind: 'folder',
  realPath: '/mnt/data',
  owner: { userId: 107, groupId: 107, mode: 0o755 },
  entryCount: 0,
  entryNames: [],
  descriptors: [],
  capacityBytes: 1e12,
  availableBytes: 1e11,
  mount: null,
  leaseSeconds: null,
  selinux: null,
  qemu: { userId: 107, groupId: 107, name: 'qemu' },
  rootTry: tryOf('written', 0),
  canGive: true,
  qemuTry: tryOf('written', 107),
  blockedBy: null,
}
const describedAs = (id: string) => JSON.stringify({ format: 1, id, type: 'data', name: 'gold' })
const judge = (
  folder: Partial<FolderFacts> | null,
  storage: DomainStorage = posix,
  purpose: WantedStorage['purpose'] = 'create',
  mountTries: readonly MountTry[] = storage.kind === 'nfs' ? [{ version: '4.2', exitCode: 0, message: '' }] : [],
) => {
  const facts = { mountTries, folder: folder === null ? null : { ...good, ...folder } }
  return decideStorageVerdicts({ host, wanted: { storage, purpose }, facts })
}
const codes = (...args: Parameters<typeof judge>) => judge(...args).errors.map(({ code }) => code)
const failed = (message: string, version = '4.2') => ({ version, exitCode: 32, message })

describe('decideStorageVerdicts', () => {
  it('finds nothing wrong with an empty folder that QEMU may write', () => {
    expect(judge({})).toMatchObject({ errors: [], warnings: [], mounted: null, availableBytes: 1e11 })
  })

  it.each<[string, Partial<FolderFacts>, readonly string[]]>([
    ['nothing there', { kind: 'missing' }, ['storage.path-missing']],
    ['a file', { kind: 'other' }, ['storage.path-not-folder']],
    ['something in it', { entryCount: 3, entryNames: ['a', 'b'] }, ['storage.path-not-empty']],
    ['read-only by the try', { qemuTry: tryOf('read-only') }, ['storage.read-only']],
    ['full by the try', { rootTry: tryOf('full') }, ['storage.full']],
    ['full by the sizes', { availableBytes: 1_000 }, ['storage.full']],
    ['closed to QEMU', { qemuTry: tryOf('denied') }, ['storage.not-writable']],
    ['closed to root', { rootTry: tryOf('denied') }, ['storage.root-squash']],
    [
      'closed to both',
      { rootTry: tryOf('denied'), qemuTry: tryOf('denied') },
      ['storage.root-squash', 'storage.not-writable'],
    ],
    ['root is somebody else', { rootTry: tryOf('written', 65_534), canGive: false }, ['storage.root-squash']],
    ['all are QEMU', { rootTry: tryOf('written', 107), canGive: false }, []],
    ['something else fails', { rootTry: tryOf('failed') }, ['storage.host-failed']],
    ['nobody knows who QEMU is', { qemu: null, qemuTry: tryOf('untried') }, []],
    [
      'filled and closed: both at once',
      { entryCount: 1, qemuTry: tryOf('denied') },
      ['storage.path-not-empty', 'storage.not-writable'],
    ],
  ])('judges a folder: %s', (_, folder, expected) => {
    expect(codes(folder)).toEqual(expected)
  })

  it.each<[string, Partial<FolderFacts>, DomainStorage, string]>([
    ['another owner', { owner: { userId: 0, groupId: 0, mode: 0o755 } }, posix, 'chown 107:107 /mnt/data'],
    ['its own, closed', { owner: { userId: 107, groupId: 107, mode: 0o500 } }, posix, 'chmod u+rwx /mnt/data'],
    ['behind a closed folder', { blockedBy: '/mnt' }, posix, 'chmod o+x /mnt'],
    [
      'on a server, by its path there',
      { owner: { userId: 0, groupId: 0, mode: 0o755 }, blockedBy: '/mnt' },
      nfs,
      'chown 107:107 /exports/data',
    ],
  ])('names the command that lets QEMU write: %s', (_, folder, storage, remedy) => {
    const [error] = judge({ ...folder, qemuTry: tryOf('denied') }, storage).errors
    expect(error).toMatchObject({
      code: 'storage.not-writable',
      params: { remedy, qemuUser: 'qemu', hostName: 'alpha' },
    })
  })

  const mountOf = (fileSystem: string, options = 'rw,relatime') => ({
    mountPoint: '/mnt/data',
    fileSystem,
    source: 'files:/data',
    options,
    version: null,
    readOnly: false,
  })
  const off = new Map([
    ['virt_use_nfs', false],
    ['virt_use_samba', false],
    ['virt_use_fusefs', false],
  ])

  it.each<[string, Partial<FolderFacts>, string | null]>([
    ['NFS, kept from it', { mount: mountOf('nfs4'), selinux: off }, 'setsebool -P virt_use_nfs on'],
    ['an old NFS', { mount: mountOf('nfs'), selinux: off }, 'setsebool -P virt_use_nfs on'],
    ['SMB', { mount: mountOf('cifs'), selinux: off }, 'setsebool -P virt_use_samba on'],
    ['GlusterFS', { mount: mountOf('fuse.glusterfs'), selinux: off }, 'setsebool -P virt_use_fusefs on'],
    ['NFS with labels of its own', { mount: mountOf('nfs4', 'rw,seclabel,vers=4.2'), selinux: off }, null],
    ['NFS that it may use', { mount: mountOf('nfs4'), selinux: new Map([['virt_use_nfs', true]]) }, null],
    ['a disk of the host', { mount: mountOf('xfs'), selinux: off }, null],
    ['a policy without that boolean', { mount: mountOf('nfs4'), selinux: new Map() }, null],
    ['a host where it does not enforce', { mount: mountOf('nfs4'), selinux: null }, null],
  ])('looks whether SELinux lets QEMU use it: %s', (_, folder, remedy) => {
    const [error] = judge(folder, nfs).errors
    if (remedy === null) expect(error).toBeUndefined()
    else expect(error).toMatchObject({ code: 'storage.selinux-refuses', params: { remedy, hostName: 'alpha' } })
  })

  it('takes a descriptor for a domain, whoever wrote it', () => {
    const at = (relation: 'here' | 'above' | 'below', text = describedAs(ID)) => ({
      entryCount: 1,
      descriptors: [{ relation, path: `/mnt/${relation}`, text }],
    })
    expect(judge(at('here')).errors).toMatchObject([
      { code: 'storage.holds-domain', params: { storageDomainId: ID, name: 'gold' } },
    ])
    expect(judge(at('above')).errors).toMatchObject([
      { code: 'storage.path-nested', params: { otherPath: '/mnt/above', other: 'gold' } },
    ])
    expect(codes(at('below', 'no JSON'))).toEqual(['storage.path-nested'])
    expect(codes(at('here', 'no JSON'))).toEqual(['storage.descriptor-unreadable'])
    expect(codes(at('here', '{"format":2,"name":"x"}'))).toEqual(['storage.format-newer'])
    expect(codes(at('here'), posix, 'import')).toEqual([])
    expect(judge(at('here'), posix, 'import').descriptor?.name).toBe('gold')
    expect(codes({ entryCount: 1 }, posix, 'import')).toEqual(['storage.no-descriptor'])
    expect(codes(at('here'), posix, { connect: ID })).toEqual([])
    const other = '22222222-2222-4222-8222-222222222222' as StorageDomainId
    expect(codes(at('here'), posix, { connect: other })).toEqual(['storage.other-domain'])
    // What lies in a domain that is full is needed all the same.
    expect(codes({ ...at('here'), availableBytes: 0 }, posix, 'import')).toEqual([])
  })

  it.each<[string, readonly MountTry[], string]>([
    [
      'a name that leads nowhere',
      [failed('mount.nfs: Failed to resolve server files: Name or service not known')],
      'storage.server-unreachable',
    ],
    [
      'a name that nobody resolves',
      [failed('mount.nfs: Resource temporarily unavailable')],
      'storage.server-unreachable',
    ],
    ['nobody listens', [failed('mount.nfs: Connection refused')], 'storage.server-unreachable'],
    ['no answer', [failed('timed out')], 'storage.server-unreachable'],
    [
      'no such export',
      [failed('mount.nfs: mounting files:/exports/data failed, reason given by server: No such file or directory')],
      'storage.export-missing',
    ],
    [
      'not for this host',
      [failed('mount.nfs: access denied by server while mounting files:/exports/data')],
      'storage.export-missing',
    ],
    [
      'no version of ours',
      [failed('mount.nfs: Protocol not supported'), failed('mount.nfs: Protocol not supported', '4.1')],
      'storage.nfs-version',
    ],
    [
      'an older version',
      [failed('mount.nfs: Protocol not supported'), { version: '3', exitCode: 0, message: '' }],
      'storage.nfs-version-offered',
    ],
    [
      'not there with a later version',
      [
        failed('mount.nfs: mounting files:/exports/data failed, reason given by server: No such file or directory'),
        { version: '3', exitCode: 0, message: '' },
      ],
      'storage.nfs-version-offered',
    ],
    [
      'no client',
      [
        failed(
          'mount: /mnt: bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program.',
        ),
      ],
      'storage.nfs-client-missing',
    ],
    ['a kernel without', [failed('mount.nfs: No such device')], 'storage.nfs-client-missing'],
    ['something else', [failed('mount.nfs: Stale file handle')], 'storage.mount-failed'],
    ['no word at all', [], 'storage.mount-failed'],
  ])('explains a mount that failed: %s', (_, tries, code) => {
    expect(codes(null, nfs, 'create', tries)).toEqual([code])
  })
})
