import { z } from 'zod'

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/
/** The bit of the first byte that makes an address one of many receivers (IEEE 802). */
const MULTICAST_BIT = 1n << 40n

/** A MAC address as this program writes them: lower case, with colons. Dashes are taken too. */
export const macAddressSchema = z
  .string()
  .trim()
  .overwrite((text) => text.toLowerCase().replaceAll('-', ':'))
  .regex(MAC, 'expected a MAC address: 56:6f:12:34:00:00')

/** Addresses from `from` to `to`, both included, that network cards of VMs are given from. */
export const macRangeSchema = z
  .object({ from: macAddressSchema, to: macAddressSchema })
  .refine(({ from, to }) => !MAC.test(from) || !MAC.test(to) || macToNumber(from) <= macToNumber(to), {
    message: 'the range must not end before it begins',
    path: ['to'],
  })
  .refine(({ from, to }) => !MAC.test(from) || !MAC.test(to) || !holdsMulticast(from, to), {
    message: 'the range holds multicast addresses, which no network card may have',
    path: ['from'],
  })
export type MacRange = z.infer<typeof macRangeSchema>

/** A MAC address as a number, so that addresses can be counted and compared. */
export function macToNumber(mac: string): bigint {
  return BigInt(`0x${mac.replaceAll(':', '')}`)
}

/** How many addresses a range has. */
export function macRangeSize({ from, to }: MacRange): number {
  return Number(macToNumber(to) - macToNumber(from) + 1n)
}

/** Do two ranges have an address in common? */
export function macRangesOverlap(one: MacRange, other: MacRange): boolean {
  return macToNumber(one.from) <= macToNumber(other.to) && macToNumber(other.from) <= macToNumber(one.to)
}

/** Within one first byte its bit decides; a range over several of them holds an odd one. */
function holdsMulticast(from: string, to: string): boolean {
  const [first, last] = [macToNumber(from), macToNumber(to)]
  return (first & MULTICAST_BIT) !== 0n || first >> 40n !== last >> 40n
}
