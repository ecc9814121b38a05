import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { mergeLuns } from '../../../../../src/main/storage/commands/list-luns.ts'
import { explainBlock } from '../../../../../src/main/storage/on-host/block/explain-block.ts'
import {
  discoverScript,
  logInForNow,
  parseTargets,
} from '../../../../../src/main/storage/on-host/block/iscsi-script.ts'
import { LUN_FUNCTIONS, SCAN_LUNS, WAIT_FOR_LUNS } from '../../../../../src/main/storage/on-host/block/lun-script.ts'
import { SCAN_GROUPS } from '../../../../../src/main/storage/on-host/block/lvm-script.ts'
import { type HostLun, parseLunScan } from '../../../../../src/main/storage/on-host/block/parse-luns.ts'
import { decideLunFree, proveLunFree } from '../../../../../src/main/storage/on-host/block/prove-lun.ts'
import {
  type HostId,
  iscsiTargetSchema,
  lunPathOf,
  type StorageDomainId,
} from '../../../../../src/shared/domain/index.ts'

const run = promisify(execFile)
const ID = '5a1b7c1e-2222-4333-8444-123456789abc' as StorageDomainId
const GIB = 1024 ** 3
const host = { id: '11111111-1111-4111-8111-111111111111' as HostId, definition: { name: 'node1' } as never }
const target = { portal: '10.0.0.1:3260', target: 'iqn.2026-01.org.example:a' }
const free: HostLun = {
  lunId: 'naa.1234',
  device: '/dev/sda',
  sizeBytes: GIB,
  vendor: 'IET',
  model: 'VIRTUAL-DISK',
  use: { kind: 'free', name: null },
  storageDomainId: null,
  missingCount: 0,
}
const lines = (...rows: readonly (readonly string[])[]) => rows.map((row) => `${row.join('\t')}\n`).join('')
const lun = (device: string, type = '', table = '', holder = '') =>
  ['lun', `naa.${device.slice(5)}0`, device, String(GIB), 'IET', 'DISK', type, table, holder] as const

describe('LUNs of a host', () => {
  it.each([
    [lun('/dev/sda'), [], { kind: 'free', name: null }],
    [lun('/dev/sda', 'ext4'), [], { kind: 'file-system', name: 'ext4' }],
    [lun('/dev/sda', '', 'gpt'), [], { kind: 'partitions', name: 'gpt' }],
    [lun('/dev/sda', '', 'found'), [], { kind: 'partitions', name: null }],
    [lun('/dev/sda', '', '', 'dm-3 '), [], { kind: 'device', name: 'dm-3' }],
    [lun('/dev/sda', 'LVM2_member'), [], { kind: 'physical-volume', name: null }],
    [
      lun('/dev/sda', 'LVM2_member'),
      ['pv', '/dev/sda', 'guest', '', 'u', '0'],
      { kind: 'volume-group', name: 'guest' },
    ],
    [
      lun('/dev/sda', 'LVM2_member'),
      ['pv', '/dev/sda', 'virtdeck-x', `a,virtdeck.id=${ID}`, 'u', '1'],
      { kind: 'domain', name: ID },
    ],
    [
      lun('/dev/sda', 'LVM2_member'),
      ['pv', '/dev/sda', 'virtdeck-x', 'virtdeck.id=../../etc', 'u', '0'],
      { kind: 'volume-group', name: 'virtdeck-x' },
    ],
  ])('are free only where nothing at all is found on them: %j', (row, pv, use) => {
    const scan = parseLunScan(lines(row, pv))
    expect(scan).toMatchObject({ hasLvm: true, luns: [{ use, sizeBytes: GIB }] })
  })

  it('are left out where a host tells nonsense, and that LVM is not there is told', () => {
    const strange = ['lun', 'a;rm -rf /', '/dev/sdb', '1', '', '', '', '', '']
    const sizeless = ['lun', 'naa.9999', '/dev/sdb', 'many', '', '', '', '', '']
    expect(parseLunScan(lines(strange, sizeless, ['no-lvm']))).toEqual({ luns: [], hasLvm: false })
  })

  it('are one list of what several hosts see: in use on one is in use, and a size that differs is not on all', () => {
    const used = { ...free, use: { kind: 'file-system', name: 'xfs' } } as const
    const two = 'host-2' as HostId
    expect(
      mergeLuns([
        { hostId: host.id, luns: [free] },
        { hostId: two, luns: [used] },
      ]),
    ).toMatchObject([{ use: used.use, onAllHosts: true, hosts: [{ hostId: host.id }, { hostId: two }] }])
    const grown = { ...free, sizeBytes: 2 * GIB }
    expect(
      mergeLuns([
        { hostId: host.id, luns: [free] },
        { hostId: two, luns: [grown] },
      ])[0]?.onAllHosts,
    ).toBe(false)
    expect(
      mergeLuns([
        { hostId: host.id, luns: [free] },
        { hostId: two, luns: [] },
      ])[0]?.onAllHosts,
    ).toBe(false)
  })
})

describe('a LUN that a machine is to have whole', () => {
  const line = (name: string, type: string, mounted = '') => `NAME="${name}" TYPE="${type}" MOUNTPOINT="${mounted}"`
  it.each<[string, readonly string[], object | null]>([
    ['nothing is on it', [line('/dev/sdb', 'disk'), ''], null],
    ['a guest has parted it', [line('/dev/mapper/m', 'mpath'), line('/dev/mapper/m1', 'part')], null],
    ['a guest has a volume group on it', [line('/dev/sdb', 'disk'), 'tags=', 'tags=backup'], null],
    ['it is mounted', [line('/dev/sdb', 'disk'), line('/dev/sdb1', 'part', '/srv/a b')], { what: '/srv/a b' }],
    [
      'a volume is active',
      [line('/dev/sdb', 'disk'), line('/dev/mapper/vg-root', 'lvm')],
      { what: '/dev/mapper/vg-root' },
    ],
    ['a domain lies on it', [line('/dev/sdb', 'disk'), `tags=a,virtdeck.id=${ID}`], { lunId: 'naa.1', name: ID }],
  ])('%s', (_what, printed, params) => {
    const refusal = decideLunFree('node1', 'naa.1', printed.join('\n'))
    if (params === null) expect(refusal).toBeNull()
    else expect(refusal?.params).toMatchObject(params)
  })

  it.each([
    [20, 'vm.lun-not-seen'],
    [27, 'vm.lun-without-path'],
    [1, 'storage.host-failed'],
  ])('is refused where its host ends with %i', async (exitCode, code) => {
    const link = { ...host, runScript: async () => ({ exitCode, stdout: '', stderr: 'no' }) }
    await expect(proveLunFree(link as never, { lunId: 'naa.1', path: '/dev/x' }, {})).rejects.toMatchObject({ code })
  })

  it('has the path that udev gives it on every host, or none', () => {
    expect(lunPathOf('naa.60014050000000AB')).toBe('/dev/disk/by-id/scsi-360014050000000ab')
    expect(lunPathOf('eui.0025385b71b00001')).toBe('/dev/disk/by-id/scsi-20025385b71b00001')
    for (const lunId of ['t10.ATA_disk', 'naa.12', 'naa.6001405000000001/../x']) expect(lunPathOf(lunId)).toBeNull()
  })

  it('is in use in the list, by its machine', () => {
    const mine = { ...free, lunId: 'naa.6001405000000001' }
    const vm = { name: 'web', disks: [{ source: '/dev/disk/by-id/scsi-36001405000000001' }, { source: null }] }
    const [lun] = mergeLuns([{ hostId: host.id, luns: [mine] }], [vm as never])
    expect(lun?.use).toEqual({ kind: 'machine', name: 'web' })
  })
})

describe('iSCSI targets', () => {
  it.each([
    [30, '', 'storage.iscsi-client-missing', { remedy: 'apt-get install open-iscsi' }],
    [31, '@failed 24 p:1 iqn.t', 'storage.chap-refused', { target: 'iqn.t' }],
    [31, '@failed 8 p:1 iqn.t', 'storage.portal-unreachable', { portal: 'p:1' }],
    [31, '@failed 19 p:1 iqn.t', 'storage.target-refused', { target: 'iqn.t' }],
  ])('say why a host could not: exit code %i %s', (exitCode, stdout, code, params) => {
    expect(explainBlock(host, '', { exitCode, stdout, stderr: 'no' })).toMatchObject({ code, params })
  })

  it.each([
    ['san.example.org', 'san.example.org:3260'],
    ['10.0.0.1:3261', '10.0.0.1:3261'],
    ['[fe80::1]', '[fe80::1]:3260'],
  ])('are served at a portal, %s', (portal, whole) => {
    expect(iscsiTargetSchema.parse({ ...target, portal })).toEqual({ ...target, portal: whole })
  })

  it.each([
    { ...target, target: 'iqn.a;reboot' },
    { ...target, portal: '$(reboot)' },
    { ...target, portal: 'a b' },
  ])('are no commands: %j', (wrong) => {
    expect(iscsiTargetSchema.safeParse(wrong).success).toBe(false)
  })

  it('are found in what a discovery prints', () => {
    const printed = '10.0.0.1:3260,1 iqn.2026-01.org.example:a\n[fe80::1]:3260,2 eui.0123456789abcdef\nWARNING: x\n'
    expect(parseTargets(printed)).toEqual([target, { portal: '[fe80::1]:3260', target: 'eui.0123456789abcdef' }])
  })

  it('are asked by scripts that any POSIX shell reads', async () => {
    const scan = [logInForNow([target], "o'neil"), LUN_FUNCTIONS, WAIT_FOR_LUNS, SCAN_LUNS, SCAN_GROUPS].join('\n')
    for (const script of [scan, discoverScript('10.0.0.1:3260')]) await run('sh', ['-n', '-c', script])
  })
})

describe('logging in for a moment', () => {
  /** In place of open-iscsi, whose records lie in a folder of the test: it notes what it is asked, and answers a login with a code. */
  async function logIn(folder: string, loginCode: number) {
    const program = join(folder, 'iscsiadm')
    const records = join(folder, 'nodes', target.target)
    const lines = [
      '#!/bin/sh',
      `echo "$*" >> ${folder}/asked`,
      // As open-iscsi does of a portal whose group it does not know.
      `case "$*" in *"-o new") mkdir -p ${records}; printf 'node.name = x\\n# END RECORD\\n' > ${records}/10.0.0.1,3260;;`,
      `*"-o delete") rm -rf ${records};; *--login) cat $(find ${records} -type f) > ${folder}/used; exit ${loginCode};; *session*) exit 21;; esac`,
    ]
    await writeFile(program, `${lines.join('\n')}\n`, { mode: 0o755 })
    const script = logInForNow([target], "o'neil").replaceAll(
      '/etc/iscsi/nodes /var/lib/iscsi/nodes',
      `${folder}/nodes`,
    )
    const child = run('sh', ['-c', `${script}\necho there`], { env: { PATH: `${folder}:${process.env.PATH ?? ''}` } })
    child.child.stdin?.end('hidden 12\n')
    const { stdout } = await child.catch((error: unknown) => error as { stdout: string })
    const asked = await readFile(join(folder, 'asked'), 'utf8')
    return { stdout, asked, used: await readFile(join(folder, 'used'), 'utf8') }
  }

  const test = it.extend<{ folder: string }>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest wants a pattern.
    folder: async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'virtdeck-iscsi-'))
      await use(folder)
      await rm(folder, { recursive: true })
    },
  })

  test('gives the password by the record alone, logs out, and leaves no record', async ({ folder }) => {
    const { stdout, asked, used } = await logIn(folder, 0)
    expect(stdout).toBe('there\n')
    expect(used).toContain(
      "node.session.auth.username = o'neil\nnode.session.auth.password = hidden 12\n# END RECORD\n",
    )
    expect(asked).toContain('--logout')
    expect(asked).not.toContain('hidden')
    await expect(readdir(join(folder, 'nodes', target.target))).rejects.toThrow('ENOENT')
  })

  test.for(['10.0.0.1,3260', '10.0.0.1,3260,1/default'])(
    'leaves a record that the host had as it was, %s, also when the target refuses',
    async (name, { folder }) => {
      const path = join(folder, 'nodes', target.target, name)
      await mkdir(dirname(path), { recursive: true })
      const own = 'node.name = x\nnode.startup = automatic\nnode.session.auth.password = own\n# END RECORD\n'
      await writeFile(path, own, { mode: 0o600 })
      const { stdout, used, asked } = await logIn(folder, 24)
      expect(stdout).toBe(`@failed 24 ${target.portal} ${target.target}\n`)
      expect(used).toBe(
        "node.name = x\nnode.startup = automatic\nnode.session.auth.authmethod = CHAP\nnode.session.auth.username = o'neil\nnode.session.auth.password = hidden 12\n# END RECORD\n",
      )
      expect(asked).not.toContain('-o new')
      expect(await readFile(path, 'utf8')).toBe(own)
      expect((await stat(path)).mode & 0o777).toBe(0o600)
    },
  )

  test('does not log out of a session that somebody else has made meanwhile', async ({ folder }) => {
    const { stdout, asked } = await logIn(folder, 15)
    expect(stdout).toBe('there\n')
    expect(asked).not.toContain('--logout')
  })
})
