import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseDescriptor } from '../../../../../src/main/storage/on-host/descriptor-text.ts'
import { formatEngine, parseEngine } from '../../../../../src/main/storage/on-host/domain-files.ts'
import { isPlainAbsolute } from '../../../../../src/main/storage/on-host/examine.ts'
import { buildExamineScript, parseStorageFacts } from '../../../../../src/main/storage/on-host/examine-script.ts'
import { findMount } from '../../../../../src/main/storage/on-host/mount-table.ts'
import { decideStillWritable } from '../../../../../src/main/storage/on-host/mounted.ts'
import { buildPoolXml, decideSource } from '../../../../../src/main/storage/on-host/pool-xml.ts'
import { decideLockFinding, parseFencing } from '../../../../../src/main/storage/on-host/prove-locks.ts'
import { parseStoragePool } from '../../../../../src/main/xml/index.ts'
import type { FileStorage, StorageDomainId } from '../../../../../src/shared/domain/index.ts'

const run = promisify(execFile)
const ID = '11111111-1111-4111-8111-111111111111' as StorageDomainId
const nfs = (more: Partial<Extract<FileStorage, { kind: 'nfs' }>> = {}): FileStorage => ({
  kind: 'nfs',
  server: 'files',
  export: "/it's here",
  version: 'auto',
  ...more,
})
const MOUNTS = [
  '21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro',
  '30 21 0:25 / /mnt rw,nosuid - tmpfs none rw,size=1024k',
  '31 30 0:44 / /mnt/two\\040words rw,nosuid,nodev shared:9 - nfs4 files:/data rw,vers=4.2,hard,proto=tcp,addr=10.0.0.1',
  '32 21 0:45 / /srv ro,relatime - nfs files:/old rw,vers=3',
  'not a line',
].join('\n')

describe('the table of mounts', () => {
  it.each([
    ['/etc', '/', 'ext4', null, false],
    ['/mnt/data', '/mnt', 'tmpfs', null, false],
    ['/mnt/two words/deep', '/mnt/two words', 'nfs4', '4.2', false],
    ['/mnt/two wordsx', '/mnt', 'tmpfs', null, false],
    ['/srv', '/srv', 'nfs', '3', true],
  ])('tells where %s lies', (path, mountPoint, fileSystem, version, readOnly) => {
    expect(findMount(MOUNTS, path)).toMatchObject({ mountPoint, fileSystem, version, readOnly })
  })

  it('takes what was mounted last, and nothing from nonsense', () => {
    const covered = `${MOUNTS}\n33 30 0:50 / /mnt rw - ext4 /dev/sdb rw`
    expect(findMount(covered, '/mnt/x')?.source).toBe('/dev/sdb')
    expect(findMount('', '/mnt')).toBeNull()
  })
})

describe('what a look says of a domain in use', () => {
  const host = { id: ID as never, definition: { name: 'kvm1' } as never }
  const local = { storage: { kind: 'posix', path: "/it's" } as FileStorage, targetPath: "/it's" }
  it.each<[string, Parameters<typeof decideStillWritable>[1], boolean, string, object | null]>([
    ['nothing, where it can be written', local, false, MOUNTS, null],
    ['that it became read-only', local, true, '@denied 107 107 0 qemu\n', { code: 'storage.read-only' }],
    [
      'whose it is to be',
      local,
      false,
      '@denied 107 108 0 qemu\n21 1 8:1 …',
      { code: 'storage.not-writable', params: { qemuUser: 'qemu', remedy: "chown 107:108 '/it'\\''s'" } },
    ],
    [
      'that its owner may not write, by the path on the server, without a name',
      { storage: nfs({ export: '/data' }), targetPath: '/var/lib/x' },
      false,
      '@denied 107 108 107 \n',
      { code: 'storage.not-writable', params: { path: '/data', qemuUser: '107', remedy: 'chmod u+rwx /data' } },
    ],
    ['nothing of what only looks like it', local, false, '@denied 1 1 1 a b\n @denied 1 1 1 a\n', null],
  ])('%s', (_what, pool, readOnly, printed, expected) => {
    const error = decideStillWritable(host, pool, { readOnly }, printed)
    if (expected === null) expect(error).toBeNull()
    else expect(error).toMatchObject(expected)
  })
})

describe('the script that examines', () => {
  it.each<[string, FileStorage]>([
    ['a path', { kind: 'posix', path: "/it's $(touch /tmp/never) here" }],
    ['NFS', nfs({ mountOptions: 'nconnect=4' })],
    ['an old NFS', nfs({ version: '3' })],
    ['a mount of another kind', { kind: 'posix', path: '/x', source: 'files:/vol', fileSystem: 'glusterfs' }],
  ])('is a script for any POSIX shell: %s', async (_, storage) => {
    await run('sh', ['-n', '-c', buildExamineScript(storage, { userId: 107, groupId: 107 }).script])
  })

  it('mounts where nobody else sees it, and only what has to be mounted', () => {
    expect(buildExamineScript({ kind: 'local', path: '/x' }, null)).toMatchObject({ privateMounts: false })
    const { script, privateMounts } = buildExamineScript(nfs({ server: 'fe80::1', mountOptions: 'nconnect=4' }), null)
    expect(privateMounts).toBe(true)
    expect(script).toContain(
      "mount -t nfs -o vers=4.2,soft,timeo=50,retrans=1,retry=0,nodev,nosuid,noexec,nconnect=4 '[fe80::1]:/it'\\''s here' $m",
    )
  })

  it('reads nothing from what it did not print', () => {
    expect(parseStorageFacts('')).toEqual({ mountTries: [], folder: null })
    const facts = parseStorageFacts(
      'kind=folder\nowner=root\nspace=x\nentries=1e9\ndescriptor=here /etc! x\ntry=root zero\nqemu=-1 2\nselinux=x',
    )
    expect(facts.folder).toMatchObject({ owner: null, capacityBytes: null, entryCount: 0, descriptors: [], qemu: null })
    expect(facts.folder?.selinux).toEqual(new Map())
  })

  it('reads what SELinux lets QEMU use, where it enforces', () => {
    const selinuxOf = (lines: string) => parseStorageFacts(`kind=folder\n${lines}`).folder?.selinux
    expect(selinuxOf('')).toBeNull()
    expect(selinuxOf('selinux=virt_use_nfs 0\nselinux=virt_use_samba 1\nselinux=virt_use_fusefs ')).toEqual(
      new Map([
        ['virt_use_nfs', false],
        ['virt_use_samba', true],
      ]),
    )
  })
})

describe('a pool', () => {
  const pool = {
    id: ID,
    poolName: 'gold & <co>',
    targetPath: "/it's",
    storage: nfs({ mountOptions: 'nconnect=4,noatime' }),
  }

  it('is described so that libvirt reads what was meant', () => {
    expect(parseStoragePool(buildPoolXml(pool, '4.2'))).toEqual({
      name: 'gold & <co>',
      uuid: ID,
      type: 'netfs',
      targetPath: "/it's",
      sourceHost: 'files',
      sourcePath: "/it's here",
      format: 'nfs',
      mountOptions: ['vers=4.2', 'nconnect=4', 'noatime'],
    })
    expect(parseStoragePool(buildPoolXml({ ...pool, storage: { kind: 'local', path: "/it's" } }, null))).toMatchObject({
      type: 'dir',
      sourceHost: null,
    })
  })

  it.each([
    ['files:/vol', { host: 'files', path: '/vol' }],
    ['files:vol', { host: 'files', path: 'vol' }],
    ['[fe80::1]:/vol', { host: 'fe80::1', path: '/vol' }],
    ['//files/share/deep', { host: 'files', path: 'share/deep' }],
  ])('knows server and path of %s', (source, expected) => {
    expect(decideSource({ kind: 'posix', path: '/x', source, fileSystem: 'cifs' })).toEqual({
      ...expected,
      format: 'cifs',
    })
  })
})

describe('what hosts say', () => {
  it.each([
    ['/mnt/data', true],
    ['/mnt/data/', true],
    ['/', false],
    ['mnt', false],
    ['/mnt/../etc', false],
    ['/mnt//data', false],
    ['/mnt/\n', false],
  ])('takes %j for a plain absolute path: %s', (path, expected) => {
    expect(isPlainAbsolute(path)).toBe(expected)
  })

  it('names the owner of a lock whatever stands in its file', () => {
    const engine = { id: 'a-1', name: 'lee "the boss" \\ 이' }
    expect(parseEngine(formatEngine(engine))).toEqual(engine)
    for (const text of [
      '',
      '{}',
      '{"id":"x"',
      '{"id":"a b","name":"x"}',
      '{"id":"a","name":"\\"}',
      '\0'.repeat(2_000),
    ]) {
      expect(parseEngine(text)).toBeNull()
    }
    expect(parseEngine('{"id":"a","name":"\\u001b[2J"}')?.name).toBe('\u{fffd}[2J')
  })

  it('reads a descriptor with what is missing, and refuses what is no descriptor', () => {
    const place = { hostName: 'alpha', path: '/mnt' }
    expect(
      parseDescriptor(JSON.stringify({ format: 1, id: ID, type: 'iso', name: 'x', later: true }), place),
    ).toMatchObject({
      isMaster: false,
      generation: 0,
      engine: null,
    })
    const refused = [
      '',
      'null',
      '[]',
      '{"format":1}',
      `{"format":1,"id":"../x","type":"data","name":"x"}`,
      `"${'x'.repeat(70_000)}"`,
    ]
    for (const text of refused) expect(() => parseDescriptor(text, place)).toThrow('storage.descriptor-unreadable')
    expect(() => parseDescriptor('{"format":2}', place)).toThrow('storage.format-newer')
  })

  it.each([
    ['4.2', 'lease=90\nstrict-locks=\nping-timeout=\n', 'exclusive-and-fencing', 90],
    ['4.1', 'lease=\n', 'exclusive-and-fencing', null],
    ['4.0', 'lease=90\n', 'exclusive', null],
    ['3', 'lease=\n', 'exclusive', null],
    [null, 'lease=\nstrict-locks=on \nping-timeout=42 \n', 'exclusive-and-fencing', 42],
    [null, 'lease=\nstrict-locks=off on \nping-timeout=42 \n', 'exclusive', null],
    [null, '', 'exclusive', null],
  ] as const)('knows what a lock on NFS %s is worth when it hears %j', (version, told, verdict, leaseSeconds) => {
    const mounted = version === null ? null : { version, options: '' }
    expect(decideLockFinding(mounted, parseFencing(told))).toEqual({ verdict, leaseSeconds })
  })
})
