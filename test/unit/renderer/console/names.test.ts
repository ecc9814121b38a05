import { describe, expect, it } from 'vitest'
import { formatConsoleAddress, parseConsoleAddress } from '../../../../src/renderer/features/console/console-address.ts'
import { pictureFileName } from '../../../../src/renderer/features/console/picture-file.ts'
import { consoleAddress } from '../../../../src/renderer/features/vms/open-console.ts'
import { isId, vmIdSchema } from '../../../../src/shared/domain/index.ts'

const vmId = vmIdSchema.parse('4dea22b3-1d52-48f3-9516-782e98ab3fa0')

it.each([
  vmId,
  vmId.toUpperCase(),
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  `${vmId}0`,
  vmId.replaceAll('-', ''),
  '------------------------------------',
  `${vmId}\n`,
  '',
])('%j is an id to pages if the schema says so', (text) => {
  expect(isId(text)).toBe(vmIdSchema.safeParse(text).success)
})

describe('the address of a console window', () => {
  it.each(['graphics', 'serial'] as const)('leads back to the same %s console', (kind) => {
    expect(parseConsoleAddress(formatConsoleAddress({ vmId, kind, port: null }))).toEqual({ vmId, kind, port: null })
  })

  it('names a serial port by its alias, whatever that contains', () => {
    const address = { vmId, kind: 'serial', port: 'ua-a&b=c d' } as const
    expect(parseConsoleAddress(formatConsoleAddress(address))).toEqual(address)
  })

  it('is what the main window opens', () => {
    const query = consoleAddress(vmId, 'serial').replace(/^[^?]*/, '')
    expect(parseConsoleAddress(query)).toEqual({ vmId, kind: 'serial', port: null })
  })

  it.each(['', '?vm=', '?vm=../x', '?kind=serial', '?vm=4dea22b3'])('is not %j', (query) => {
    expect(parseConsoleAddress(query)).toBeNull()
  })
})

describe('the file name of a picture', () => {
  const at = new Date(2026, 10, 3, 4, 5, 6)
  it.each([
    ['web-01', 'web-01 2026-11-03 04.05.06.png'],
    ['../../etc/passwd', '__.._etc_passwd 2026-11-03 04.05.06.png'],
    ['a:b*c?"<>|\u0000\n', 'a_b_c_______ 2026-11-03 04.05.06.png'],
    ['웹서버', '웹서버 2026-11-03 04.05.06.png'],
  ])('of %j is safe on all systems', (name, expected) => {
    expect(pictureFileName(name, at)).toBe(expected)
  })
})
