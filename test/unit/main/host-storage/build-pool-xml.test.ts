import { describe, expect, test } from 'vitest'
import { buildPoolXml, buildVolumeXml } from '../../../../src/main/host-storage/build-pool-xml.ts'
import { parsePoolTypes, parseStoragePool, XmlError } from '../../../../src/main/xml/index.ts'
import { hostPoolNameSchema, hostPoolSourceSchema, hostVolumeNameSchema } from '../../../../src/shared/domain/index.ts'

const ID = 'ffffffff-0000-4000-8000-000000000001'

describe('what a pool is defined as', () => {
  test.each<[object, object, string]>([
    [{ type: 'dir', path: '/a//b & c/' }, { type: 'dir', targetPath: '/a/b & c' }, ''],
    [
      { type: 'fs', device: '/dev/sdb1', path: '/srv/vms' },
      { type: 'fs', targetPath: '/srv/vms', format: 'auto' },
      '<device path="/dev/sdb1"/>',
    ],
    [
      { type: 'netfs', server: 'nas', export: '/vms', fileSystem: 'nfs', path: '/srv/vms' },
      { type: 'netfs', sourceHost: 'nas', sourcePath: '/vms', format: 'nfs', targetPath: '/srv/vms' },
      '',
    ],
    [{ type: 'logical', volumeGroup: 'vg0' }, { targetPath: '/dev/vg0', format: 'lvm2' }, '<name>vg0</name>'],
    [{ type: 'zfs', dataset: 'tank/vms' }, { targetPath: '/dev/zvol/tank/vms' }, '<name>tank/vms</name>'],
  ])('%j', (source, read, part) => {
    const xml = buildPoolXml('own', ID, hostPoolSourceSchema.parse(source))
    expect(parseStoragePool(xml)).toMatchObject({ name: 'own', uuid: ID, ...read })
    expect(xml.replaceAll("'", '"')).toContain(part)
  })

  test.each([
    { type: 'dir', path: 'relative' },
    { type: 'dir', path: '/' },
    { type: 'dir', path: '//' },
    { type: 'dir', path: '/a/../etc' },
    { type: 'dir', path: '/a\nb' },
    { type: 'logical', volumeGroup: '-vg' },
    { type: 'logical', volumeGroup: 'a/b' },
    { type: 'zfs', dataset: 'tank//a' },
    { type: 'netfs', server: 'a b', export: '/x', path: '/y' },
    { type: 'iscsi', path: '/y' },
  ])('is refused: %j', (source) => {
    expect(hostPoolSourceSchema.safeParse(source).success).toBe(false)
  })

  test('names are those of files', () => {
    for (const name of ['', '.', '.hidden', 'a/b', 'a\nb']) {
      expect([name, hostPoolNameSchema.safeParse(name).success]).toEqual([name, false])
      expect([name, hostVolumeNameSchema.safeParse(name).success]).toEqual([name, false])
    }
    expect(hostVolumeNameSchema.parse(' two words.qcow2 ')).toBe('two words.qcow2')
  })
})

describe('what a volume is made of', () => {
  const volume = { name: 'a&b', sizeBytes: 1_024, format: 'qcow2', allocation: 'thin' } as const
  test('a file has a format, and takes room as it is written', () => {
    const xml = buildVolumeXml('dir', volume).replaceAll("'", '"')
    expect(xml).toContain('<name>a&amp;b</name>')
    expect(xml).toContain('<allocation unit="bytes">0</allocation>')
    expect(xml).toContain('<format type="qcow2"/>')
  })
  test('a logical volume has none, and takes all of it', () => {
    const xml = buildVolumeXml('logical', { ...volume, format: 'raw' }).replaceAll("'", '"')
    expect(xml).toContain('<allocation unit="bytes">1024</allocation>')
    expect(xml).not.toContain('format')
  })
})

test('kinds of pools that a host has', () => {
  const xml = `<storagepoolCapabilities><pool type='dir' supported='yes'><volOptions/></pool><pool type='zfs' supported='no'/></storagepoolCapabilities>`
  expect([...parsePoolTypes(xml)]).toEqual(['dir'])
  expect(() => parsePoolTypes('<pool/>')).toThrow(XmlError)
})
