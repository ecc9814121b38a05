import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFixedVhd, readImageHeader } from '../../../../../src/main/disk/formats/index.ts'
import { makeFolder, makeImage, readHead, runFile } from './make-image.ts'

const MIB = 1024 * 1024
const SIZE = 10 * MIB

describe('what QEMU makes is told by its header', () => {
  test.each([
    ['qcow2', 'qcow2', []],
    ['qcow2 of version 2', 'qcow2', ['-o', 'compat=0.10']],
    ['qcow2 with extended L2 entries', 'qcow2', ['-o', 'extended_l2=on,cluster_size=128k']],
    ['vmdk in one file', 'vmdk', []],
    ['vmdk for streams', 'vmdk', ['-o', 'subformat=streamOptimized']],
    ['vhdx', 'vhdx', []],
    ['vhd', 'vpc', ['-o', 'force_size=on']],
  ])('%s', async (_, format, options) => {
    expect(readImageHeader(await makeImage(format, options))).toEqual({
      kind: 'image',
      format,
      virtualBytes: SIZE,
      volumeId: null,
      outsideFiles: [],
      encrypted: false,
    })
  })

  test('a fixed vhd begins as its disk does; its end tells', async () => {
    const folder = await makeFolder()
    await runFile('qemu-img', ['create', '-q', '-f', 'vpc', '-o', 'subformat=fixed', join(folder, 'f'), '2M'])
    const whole = await readFile(join(folder, 'f'))
    expect(readImageHeader(whole)).toMatchObject({ kind: 'image', format: 'raw' })
    expect(isFixedVhd(whole)).toBe(true)
    expect(isFixedVhd(whole.subarray(0, 4_096))).toBe(false)
    expect(isFixedVhd(new Uint8Array(12))).toBe(false)
  })

  test.each([
    ['vdi', 'vdi'],
    ['qed', 'qed'],
    ['parallels', 'parallels'],
    ['qcow', 'qcow'],
  ])('%s is known, and not taken', async (format, name) => {
    expect(readImageHeader(await makeImage(format))).toEqual({ kind: 'unsupported', name })
  })

  test('encrypted', async () => {
    const secret = [
      '--object',
      'secret,id=s,data=x',
      '-o',
      'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10',
    ]
    expect(readImageHeader(await makeImage('qcow2', secret))).toMatchObject({ format: 'qcow2', encrypted: true })
  })
})

describe('what an image names is found, so that it is not opened', () => {
  test.each([
    ['version 3', '/etc/shadow', []],
    ['version 2', 'json:{"driver":"nbd"}', ['-o', 'compat=0.10']],
  ])('the backing file of a qcow2 of %s', async (_, name, options) => {
    const head = await makeImage('qcow2', ['-u', '-b', name, '-F', 'raw', ...options])
    expect(readImageHeader(head)).toMatchObject({ format: 'qcow2', outsideFiles: [{ kind: 'backing', name }] })
  })

  test('the parent of a vmdk', async () => {
    const parent = join(await makeFolder(), 'parent')
    await runFile('qemu-img', ['create', '-q', '-f', 'vmdk', parent, '10M'])
    const head = await makeImage('vmdk', ['-b', parent, '-F', 'vmdk'], '')
    expect(readImageHeader(head)).toMatchObject({ format: 'vmdk', outsideFiles: [{ kind: 'backing', name: parent }] })
  })

  test('the data file of a qcow2', async () => {
    const folder = await makeFolder()
    const data = join(folder, 'data.raw')
    const path = join(folder, 'image')
    await runFile('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', `data_file=${data}`, path, '10M'])
    const head = await readHead(path)
    expect(readImageHeader(head)).toMatchObject({ outsideFiles: [{ kind: 'data', name: data }] })
    // The bit without the name is enough for QEMU to ask for one.
    const nameless = Uint8Array.from(head)
    nameless.fill(0, head.length > 4_096 ? 112 : 104, 4_096)
    expect(readImageHeader(nameless)).toMatchObject({ outsideFiles: [{ kind: 'data', name: '' }] })
  })

  test.each(['twoGbMaxExtentSparse', 'monolithicFlat'])('the extents of a vmdk: %s', async (subformat) => {
    const head = await makeImage('vmdk', ['-o', `subformat=${subformat}`])
    expect(readImageHeader(head)).toMatchObject({
      format: 'vmdk',
      outsideFiles: [{ kind: 'extent', name: expect.stringMatching(/^image-/) }],
    })
  })

  test('extents that hide in a vmdk whose header says that it is empty', async () => {
    const head = await makeImage('vmdk')
    const text = Buffer.from(head.buffer, head.byteOffset, head.length)
    const at = text.indexOf('RW 20480 SPARSE "image"')
    text.write('RW 20480 FLAT "/dev/sda" 0\n\0', at)
    text.writeBigUInt64LE(0n, 12)
    expect(readImageHeader(head)).toMatchObject({ outsideFiles: [{ kind: 'extent', name: '/dev/sda' }] })
  })

  test('the parent of a differencing vhd, with no control characters in its name', async () => {
    const head = await makeImage('vpc')
    const text = Buffer.from(head.buffer, head.byteOffset, head.length)
    text.writeUInt32BE(4, 60)
    const name = Buffer.from('C:\\vm\u001b[2J\\a.vhd', 'utf16le').swap16()
    name.copy(text, 512 + 64)
    expect(readImageHeader(head)).toMatchObject({ outsideFiles: [{ kind: 'backing', name: 'C:\\vm[2J\\a.vhd' }] })
  })

  test('a vhdx that says it has a parent', async () => {
    const head = await makeImage('vhdx')
    const text = Buffer.from(head.buffer, head.byteOffset, head.length)
    const fileParameters = Buffer.from('3767a1ca36fa434db3b633f0aa44e76b', 'hex')
    const entry = text.indexOf(fileParameters)
    text.writeUInt32LE(2, 3 * MIB + text.readUInt32LE(entry + 16) + 4)
    expect(readImageHeader(head)).toMatchObject({ outsideFiles: [{ kind: 'backing', name: '' }] })
  })
})

describe('installation media', () => {
  /** 512 KiB and more, in sectors of 2048 bytes. */
  const sectors = (parts: Record<number, [offset: number, bytes: string | number[]][]>): Uint8Array => {
    const bytes = Buffer.alloc(300 * 2_048)
    for (const [sector, writes] of Object.entries(parts))
      for (const [offset, what] of writes)
        Buffer.from(typeof what === 'string' ? Buffer.from(what, 'latin1') : what).copy(
          bytes,
          Number(sector) * 2_048 + offset,
        )
    return bytes
  }
  const primary: [number, string | number[]][] = [
    [0, [1]],
    [1, 'CD001'],
    [40, 'DEBIAN 12'.padEnd(32)],
  ]
  const udf = {
    18: [[1, 'BEA01']],
    19: [[1, 'NSR03']],
    256: [
      [0, [2, 0]],
      [20, [0x01, 0x01, 0, 0]],
    ],
    257: [
      [0, [1, 0]],
      [24, '\x08WIN_SERVER'],
      [24 + 31, [11]],
    ],
  } satisfies Record<number, [number, string | number[]][]>

  test.each([
    [
      'ISO 9660',
      sectors({
        16: primary,
        17: [
          [0, [255]],
          [1, 'CD001'],
        ],
      }),
      'DEBIAN 12',
    ],
    [
      'a bridge of ISO 9660 and UDF',
      sectors({
        ...udf,
        16: primary,
        17: [
          [0, [255]],
          [1, 'CD001'],
        ],
      }),
      'DEBIAN 12',
    ],
    ['UDF alone', sectors({ ...udf, 16: [[1, 'BEA01']], 17: [[1, 'NSR02']] }), 'WIN_SERVER'],
    ['with the table of partitions of a hybrid', sectors({ 0: [[510, [0x55, 0xaa]]], 16: primary }), 'DEBIAN 12'],
    ['that ends after its first descriptors', sectors({ 16: primary }).subarray(0, 17 * 2_048), 'DEBIAN 12'],
  ])('%s', (_, head, volumeId) => {
    expect(readImageHeader(head)).toMatchObject({ kind: 'image', format: 'iso', volumeId })
  })

  test('one that is a qcow2 with a backing file as well is that', async () => {
    const layer = await makeImage('qcow2', ['-u', '-b', '/etc/shadow', '-F', 'raw'])
    const both = Buffer.from(sectors({ 16: primary }))
    Buffer.from(layer.buffer, layer.byteOffset, 4_096).copy(both)
    expect(readImageHeader(both)).toMatchObject({ format: 'qcow2', outsideFiles: [{ name: '/etc/shadow' }] })
  })
})

test.each([
  ['gzip', ['gzip', '-c']],
  ['xz', ['xz', '-c']],
  ['zstd', ['zstd', '-q', '-c']],
])('packed with %s', async (compression, [program = '', ...args]) => {
  const folder = await makeFolder()
  const path = join(folder, 'disk.raw')
  await writeFile(path, new Uint8Array(MIB))
  const { stdout } = await runFile(program, [...args, path], { encoding: 'buffer' })
  expect(readImageHeader(stdout)).toEqual({ kind: 'compressed', compression })
})

test('whatever else it is, is raw, and no bytes break it', () => {
  expect(readImageHeader(new Uint8Array(0))).toMatchObject({ kind: 'image', format: 'raw', virtualBytes: null })
  const signatures = fc.constantFrom(
    '',
    'QFI\xfb\0\0\0\x03',
    'QFI\xfb\0\0\0\x02',
    'KDMV',
    'vhdxfile',
    'conectix',
    '# Disk DescriptorFile\n',
  )
  fc.assert(
    fc.property(signatures, fc.uint8Array({ maxLength: 2_048 }), fc.boolean(), (signature, garbage, isLarge) => {
      const bytes = Buffer.alloc(isLarge ? 300 * 1024 : signature.length + garbage.length)
      bytes.write(signature, 'latin1')
      bytes.set(garbage, signature.length)
      if (isLarge) {
        bytes.write('regi', 192 * 1024, 'latin1')
        bytes.set(garbage, 192 * 1024 + 4)
      }
      const verdict = readImageHeader(bytes)
      if (verdict.kind !== 'image') return
      expect(verdict.virtualBytes === null || Number.isSafeInteger(verdict.virtualBytes)).toBe(true)
    }),
  )
})

test('every image that QEMU makes is harmless, damaged or refused when it is cut anywhere', async () => {
  const images = await Promise.all(['qcow2', 'vmdk', 'vpc', 'vhdx'].map((format) => makeImage(format)))
  fc.assert(
    fc.property(fc.constantFrom(...images), fc.nat(70_000), (image, length) => {
      const verdict = readImageHeader(image.subarray(0, length))
      expect(['image', 'damaged', 'unsupported']).toContain(verdict.kind)
    }),
  )
})
