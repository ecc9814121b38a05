import { describe, expect, it } from 'vitest'
import { decideFileMap } from '../../../../src/main/disk/transfer/relay-file.ts'

const KIB = 1024
const said = (size: number, parts: readonly (readonly [number, number, boolean])[]) =>
  `${size}\n${JSON.stringify(parts.map(([start, length, data]) => ({ start, length, data, depth: 0, zero: !data })))}\n`

describe('where the data of a file is', () => {
  it('joins what only a small hole divides, and leaves out the large ones', () => {
    const map = decideFileMap(
      said(1024 * KIB, [
        [0, 64 * KIB, true],
        [64 * KIB, 4 * KIB, false],
        [68 * KIB, 60 * KIB, true],
        [128 * KIB, 768 * KIB, false],
        [896 * KIB, 128 * KIB, true],
      ]),
    )
    expect(map).toEqual({
      sizeBytes: 1024 * KIB,
      extents: [
        [0, 128 * KIB],
        [896 * KIB, 128 * KIB],
      ],
    })
  })

  it.each([
    ['an empty file', '0\n[]', { sizeBytes: 0, extents: [] }],
    ['nothing but a hole', said(4096, [[0, 4096, false]]), { sizeBytes: 4096, extents: [] }],
    [
      'an end behind the file’s, as of whole sectors',
      said(1000, [[0, 1024, true]]),
      { sizeBytes: 1000, extents: [[0, 1000]] },
    ],
    ['a host that tells only the size', '1000\n', { sizeBytes: 1000, extents: [[0, 1000]] }],
    ['what is no map', '1000\n{"start":0}', { sizeBytes: 1000, extents: [[0, 1000]] }],
    ['not even a size', 'stat: cannot stat', null],
    ['a size beyond all bounds', '9999999999999999\n[]', null],
  ])('%s', (_, text, map) => {
    expect(decideFileMap(text)).toEqual(map)
  })

  it('of a file that is too scattered, all is data', () => {
    const parts = Array.from({ length: 20_002 }, (_, index) => [index * 256 * KIB, 128 * KIB, true] as const)
    const sizeBytes = 20_002 * 256 * KIB
    expect(decideFileMap(said(sizeBytes, parts))).toEqual({ sizeBytes, extents: [[0, sizeBytes]] })
  })
})
