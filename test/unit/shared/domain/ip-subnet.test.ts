import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isInSubnet,
  parseIpAddress,
  prefixOfMask,
  subnetOf,
  subnetsOverlap,
} from '../../../../src/shared/domain/index.ts'

describe('IP addresses and subnets', () => {
  it.each([
    ['10.0.0.1', 0x0a000001n],
    ['255.255.255.255', 0xffffffffn],
    ['::', 0n],
    ['::1', 1n],
    ['fd00::1:2', (0xfd00n << 112n) + 0x10002n],
    ['1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n],
    ['::ffff:10.0.0.1', 0xffff0a000001n],
  ])('reads %s', (text, value) => {
    expect(parseIpAddress(text)?.value).toBe(value)
  })

  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7::8',
    'fe80::1%eth0',
    'g::',
    '10.0.0.1/24',
    '::10.0.0',
  ])('takes %j for none', (text) => {
    expect(parseIpAddress(text)).toBeNull()
  })

  it('knows masks', () => {
    expect(prefixOfMask('255.255.255.0')).toBe(24)
    expect(prefixOfMask('0.0.0.0')).toBe(0)
    expect(prefixOfMask('255.0.255.0')).toBeNull()
  })

  it('finds two subnets overlapping where one holds the other’s first address', () => {
    const cidr = fc.tuple(fc.array(fc.nat({ max: 3 }), { minLength: 4, maxLength: 4 }), fc.integer({ min: 8, max: 32 }))
    fc.assert(
      fc.property(cidr, cidr, ([a, prefixA], [b, prefixB]) => {
        const [one, other] = [subnetOf(a.join('.'), prefixA), subnetOf(b.join('.'), prefixB)]
        if (one === null || other === null) throw new Error('both are subnets')
        const holds =
          isInSubnet(one, { family: 4, value: other.first }) || isInSubnet(other, { family: 4, value: one.first })
        expect(subnetsOverlap(one, other)).toBe(holds)
        expect(one.last - one.first + 1n).toBe(1n << BigInt(32 - prefixA))
      }),
    )
    expect(subnetOf('10.0.0.1', 33)).toBeNull()
  })
})
