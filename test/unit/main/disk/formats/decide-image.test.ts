import { expect, test } from 'vitest'
import { createImageHeader } from '../../../../../src/main/disk/formats/image-header.ts'
import { decideImage, type HeadVerdict } from '../../../../../src/main/disk/formats/index.ts'

type Verdict = Exclude<HeadVerdict, { kind: 'compressed' }>
const TIB = 1024 ** 4

test.each<[string, Verdict, string | null]>([
  ['raw', createImageHeader('raw'), null],
  ['a qcow2 of its own', createImageHeader('qcow2', { virtualBytes: TIB }), null],
  [
    'a layer',
    createImageHeader('qcow2', { outsideFiles: [{ kind: 'backing', name: '/a' }] }),
    'disk.image-refers-elsewhere',
  ],
  ['encrypted', createImageHeader('qcow2', { encrypted: true }), 'disk.image-encrypted'],
  ['of a petabyte', createImageHeader('qcow2', { virtualBytes: 1_024 * TIB }), 'disk.image-too-large'],
  ['vdi', { kind: 'unsupported', name: 'vdi' }, 'disk.image-unsupported'],
  ['damaged', { kind: 'damaged', format: 'vmdk', detail: 'cut' }, 'disk.image-damaged'],
])('%s', (_, verdict, code) => {
  expect(decideImage(verdict, { fileName: 'a', fileBytes: 0 })?.code ?? null).toBe(code)
})

test('a raw one is as large as its file', () => {
  const verdict = decideImage(createImageHeader('raw'), { fileName: 'a', fileBytes: 65 * TIB })
  expect(verdict?.code).toBe('disk.image-too-large')
})

test('says what it names, also where that is not to be read', () => {
  const outsideFiles = [
    { kind: 'backing', name: '/etc/shadow' },
    { kind: 'data', name: '' },
  ] as const
  expect(decideImage(createImageHeader('qcow2', { outsideFiles }), { fileName: 'a.img', fileBytes: 0 })).toMatchObject({
    params: { fileName: 'a.img', format: 'qcow2', names: '/etc/shadow, ?' },
  })
})
