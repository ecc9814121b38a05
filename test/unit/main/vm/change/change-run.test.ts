import { describe, expect, test } from 'vitest'
import { changeRun, type RunChange } from '../../../../../src/main/vm/change/change-run.ts'
import { findDrive, mediumOf, withMedium } from '../../../../../src/main/vm/change/drive.ts'
import { parseEditable } from '../../../../../src/main/xml/index.ts'

const SEED = '/data/.seed-cccccccc-0000-4000-8000-000000000003.iso'
const xml = `<domain type='kvm' xmlns:odd='urn:odd'>
  <name>web</name>
  <!-- kept -->
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>/old</kernel>
    <boot dev='hd'/>
  </os>
  <odd:thing  a = "1"/>
  <devices>
    <disk type='file' device='disk'>
      <source file='/data/first.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='disk'>
      <source file='/data/booted.qcow2'/>
      <target dev='vdb' bus='virtio'/>
      <boot order='1'/>
    </disk>
    <disk type='file' device='cdrom'>
      <source file='${SEED}'/>
      <target dev='sda' bus='sata'/>
      <readonly/>
    </disk>
    <disk type='file' device='cdrom'>
      <source file='/iso/old.iso' index='3'/>
      <backingStore/>
      <target dev='sdb' bus='sata'/>
      <readonly/>
    </disk>
    <interface type='user'>
      <mac address='56:6f:00:00:00:01'/>
      <boot order='2'/>
    </interface>
  </devices>
</domain>
`

function changedXml(change: RunChange): string {
  const changed = changeRun(xml, change)
  if ('lacks' in changed) throw new Error(`lacks ${changed.lacks}`)
  return changed.xml
}

/** Lines that one has and the other has not. */
function difference(change: RunChange) {
  const changed = changedXml(change)
  const [before, after] = [xml.split('\n'), changed.split('\n')]
  return {
    gone: before.filter((line) => !after.includes(line)).map((line) => line.trim()),
    new: after.filter((line) => !before.includes(line)).map((line) => line.trim()),
  }
}

describe('one run of a machine', () => {
  test('without anything said is as it is defined, byte for byte', () => {
    expect(changedXml({})).toBe(xml)
  })

  test('boots in another order, from the disk that is booted from otherwise, and from nothing else', () => {
    const changed = changedXml({ boot: ['cdrom', 'network', 'disk'] })
    const orders = [
      ...changed.matchAll(/<(?:target dev|mac address)='([^']+)'[^>]*\/>\s*(?:<readonly\/>\s*)?<boot order='(\d)'\/>/g),
    ]
    expect(orders.map(([, device, order]) => [order, device])).toEqual([
      ['3', 'vdb'],
      ['1', 'sdb'],
      ['2', '56:6f:00:00:00:01'],
    ])
    expect(difference({ boot: ['disk'] })).toEqual({
      gone: ['<kernel>/old</kernel>', "<boot dev='hd'/>", "<boot order='2'/>"],
      new: [],
    })
  })

  test.each([
    [
      'another medium',
      { mediumPath: '/iso/new & "odd".iso' },
      ["<source file='/iso/new &amp; &quot;odd&quot;.iso'/>"],
      2,
    ],
    ['no medium', { mediumPath: null }, [], 2],
    [
      'a kernel of its own',
      { kernel: { kernelPath: '/new', initrdPath: '/initrd', commandLine: 'a=<b>' } },
      ['<kernel>/new</kernel>', '<initrd>/initrd</initrd>', '<cmdline>a=&lt;b&gt;</cmdline>'],
      1,
    ],
    ['a menu', { bootMenu: true }, [expect.stringMatching(/^<bootmenu enable=.yes.\/>$/)], 0],
  ] as [string, RunChange, unknown[], number][])('has %s, and all else as before', (_what, change, added, gone) => {
    const changed = difference(change)
    expect(changed.new).toEqual(added)
    expect(changed.gone).toHaveLength(gone)
  })

  test('says which device it lacks', () => {
    const bare = '<domain><os><type>hvm</type></os><devices/></domain>'
    expect(changeRun(bare, { boot: ['network'] })).toEqual({ lacks: 'network' })
    expect(changeRun(bare, { boot: ['disk'] })).toEqual({ lacks: 'disk' })
    expect(changeRun(bare, { boot: ['cdrom'] })).toEqual({ lacks: 'cdrom' })
    expect(changeRun(bare, { mediumPath: null })).toEqual({ lacks: 'drive' })
  })

  test('leaves the drive for cloud-init alone', () => {
    const document = parseEditable(xml)
    const drive = findDrive(document)
    expect(drive === null ? null : mediumOf(drive)).toBe('/iso/old.iso')
    const changed = drive === null ? '' : withMedium(document, drive, null).text
    expect(changed).toContain(SEED)
    expect(changed).not.toContain('old.iso')
  })
})
