import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseGuest } from '../../../../src/main/metrics/fetch-guest.ts'
import { vmGuestSchema } from '../../../../src/shared/domain/index.ts'

const told = (values: Readonly<Record<string, string | number | bigint>>) =>
  Object.entries(values).map(([field, value]) => ({ field, value }))

describe('what an agent says of its guest', () => {
  test('is read by the names that libvirt gives it', () => {
    const answer = told({
      'user.count': 1,
      'user.0.name': 'kim',
      'user.0.login-time': 1_700_000_000_000n,
      'os.id': 'debian',
      'os.name': 'Debian GNU/Linux',
      'os.pretty-name': 'Debian GNU/Linux 12 (bookworm)',
      'os.kernel-release': '6.1.0-56-amd64',
      'timezone.name': 'KST',
      'timezone.offset': 32_400,
      hostname: 'web',
      'fs.count': 2,
      'fs.0.name': 'vda1',
      'fs.0.mountpoint': '/',
      'fs.0.fstype': 'ext4',
      'fs.0.total-bytes': 20_000n,
      'fs.0.used-bytes': 5_000n,
      'fs.1.name': 'sr0',
      'fs.1.fstype': 'iso9660',
    })
    expect(parseGuest(answer)).toEqual({
      id: 'guest',
      hostName: 'web',
      system: 'Debian GNU/Linux 12 (bookworm)',
      kernel: '6.1.0-56-amd64',
      timeZone: 'KST',
      users: [{ name: 'kim', since: 1_700_000_000_000 }],
      fileSystems: [
        { mountPoint: '/', type: 'ext4', totalBytes: 20_000, usedBytes: 5_000 },
        { mountPoint: 'sr0', type: 'iso9660', totalBytes: null, usedBytes: null },
      ],
    })
  })

  test('may be little', () => {
    const nothing = { hostName: null, system: null, kernel: null, timeZone: null, users: null, fileSystems: null }
    expect(parseGuest([])).toEqual({ id: 'guest', ...nothing })
    expect(parseGuest(told({ 'os.name': 'Windows', 'user.count': 0 }))).toEqual({
      id: 'guest',
      ...nothing,
      system: 'Windows',
      users: [],
    })
  })

  test('is not trusted', () => {
    const { hostName, users } = parseGuest(
      told({ hostname: `a\u0000\u001b[31m\n${'b'.repeat(1_000)}`, 'user.count': 4_000_000_000, 'user.0.name': '' }),
    )
    expect(hostName).toHaveLength(255)
    expect(hostName).toMatch(/^a {2}\[31m b+$/)
    expect(users).toHaveLength(64)
    const field = fc.constantFrom('hostname', 'os.name', 'fs.count', 'fs.0.total-bytes', 'user.count', 'user.0.name')
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.bigInt(), fc.double(), fc.boolean())
    fc.assert(
      fc.property(fc.array(fc.record({ field, value })), (params) => {
        expect(vmGuestSchema.safeParse(parseGuest(params as never)).success).toBe(true)
      }),
    )
  })
})
