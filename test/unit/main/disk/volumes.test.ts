import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { fileScriptsOf } from '../../../../src/main/disk/on-host/file-scripts.ts'
import { parseFiles } from '../../../../src/main/disk/on-host/list-files.ts'
import { diskVolumeName, nameOfDisk } from '../../../../src/main/disk/rules.ts'
import type { DomainStorage, StorageDomainId } from '../../../../src/shared/domain/index.ts'

const run = promisify(execFile)
const id = '5a1b7c1e-2222-4333-8444-123456789abc' as StorageDomainId
const storage: DomainStorage = { kind: 'fc', lunIds: ['naa.1234'] }
const DISK = '0f0e0d0c-0000-4000-8000-000000000000'
const GIB = 1024 ** 3

describe('disks on LUNs', () => {
  it.each([
    ['web server', 'web-server-0f0e0d0c.qcow2'],
    ['서버', 'disk-0f0e0d0c.qcow2'],
    ['Café', 'Cafe-0f0e0d0c.qcow2'],
    ['-..-x', 'x-0f0e0d0c.qcow2'],
    ['$(reboot)', 'reboot-0f0e0d0c.qcow2'],
    ['a'.repeat(120), `${'a'.repeat(40)}-0f0e0d0c.qcow2`],
  ])('have names that LVM takes: %s', (alias, name) => {
    expect(diskVolumeName(alias, DISK, 'qcow2')).toBe(name)
    expect(nameOfDisk(storage, alias, DISK, 'qcow2')).toBe(name)
  })

  it('are worked on by scripts of any POSIX shell, none of which changes a volume group that is not managed there', async () => {
    const files = fileScriptsOf({ id, storage })
    const disk = { format: 'qcow2', sizeBytes: GIB, isPreallocated: false }
    const facts = { format: 'qcow2', virtualBytes: GIB }
    const scripts = [
      files.make('.part', GIB),
      files.remove('a', 'b'),
      files.exists('a'),
      files.publish('.part', 'a', facts),
      files.writeExtents('a'),
      files.hashExtents('a'),
      files.readTail('a', 512, GIB),
      files.create('a', disk),
      files.create('a', { ...disk, format: 'raw' }),
      files.grow('a', facts),
      files.resize('a', facts),
      files.label('a', GIB),
      files.list(),
    ]
    for (const script of scripts) {
      await run('sh', ['-n', '-c', script])
      expect(script.startsWith('mountpoint -q /var/lib/virtdeck/domains/')).toBe(true)
    }
    expect(files.truncate('a', GIB)).toBe(':')
    expect(files.grow('a', { format: 'raw', virtualBytes: GIB })).toBe(':')
  })

  it.each([
    [10 * GIB, ['lvextend -q -L 10739318784b vg/a', 'lvchange -q -a y -K vg/a', 'lvchange -q -a n vg/a']],
    [GIB, ['lvchange -q -a y -K vg/a', 'lvchange -q -a n vg/a']],
  ])('grow to %i, and their tags say so then', async (virtualBytes, steps) => {
    const script = fileScriptsOf({ id, storage }).resize('a', { format: 'qcow2', virtualBytes })
    // Of a real host only what comes before it is missing: LVM, qemu-img and the group are these.
    const host = [
      'vg=vg; sync() { :; }; qemu_img() { if [ "$1" = measure ]; then echo "fully allocated size: $(($5 + 1900544))"; else echo "qemu_img $*"; fi; }',
      'lv() { case "$*" in *lv_size*) echo 1075838976;; *lv_tags*) echo "  a,virtdeck.bytes=1,b";; lvs*) ;; *) echo "$*" >&2;; esac; }',
    ].join('\n')
    // No function of that name is one for every shell.
    const last = script.slice(script.lastIndexOf('\nn=') + 1).replaceAll('qemu-img', 'qemu_img')
    const { stderr } = await run('sh', ['-c', `${host}\n${last}`])
    const lines = stderr.trim().split('\n')
    expect(lines).toEqual([
      ...steps,
      `lvchange -q --deltag virtdeck.bytes=1 --addtag virtdeck.bytes=${virtualBytes} vg/a`,
    ])
  })

  it('are listed by what their tags say, and nothing is believed of others', () => {
    const line = (name: string, tags: string) =>
      `${GIB} ${GIB} 1\n${Buffer.from(name).toString('base64')}\n@${tags}\n\n`
    const text =
      line('web.qcow2', 'other,virtdeck.format=qcow2,virtdeck.bytes=42') +
      line('strange', 'virtdeck.format=iso,virtdeck.bytes=1') +
      line('plain', '')
    expect(parseFiles(text)).toEqual([
      {
        fileName: 'web.qcow2',
        sizeBytes: GIB,
        allocatedBytes: GIB,
        header: expect.objectContaining({ kind: 'image', format: 'qcow2', virtualBytes: 42 }),
      },
      expect.objectContaining({ fileName: 'strange', header: { kind: 'unsupported', name: 'LVM' } }),
      expect.objectContaining({ fileName: 'plain', header: { kind: 'unsupported', name: 'LVM' } }),
    ])
  })
})
