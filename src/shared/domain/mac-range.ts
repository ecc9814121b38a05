import { z } from 'zod'

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/
const FIRST_BYTE = 2 ** 40

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

/** A MAC address as a number, so that addresses can be counted and compared: its 48 bits are exact in one. */
export function macToNumber(mac: string): number {
  return Number.parseInt(mac.replaceAll(':', ''), 16)
}

/** How many addresses a range has. */
export function macRangeSize({ from, to }: MacRange): number {
  return macToNumber(to) - macToNumber(from) + 1
}

/** Do two ranges have an address in common? */
export function macRangesOverlap(one: MacRange, other: MacRange): boolean {
  return macToNumber(one.from) <= macToNumber(other.to) && macToNumber(other.from) <= macToNumber(one.to)
}

/** The lowest bit of the first byte makes an address one of many receivers (IEEE 802); a range over several holds an odd one. */
function holdsMulticast(from: string, to: string): boolean {
  const [first, last] = [from, to].map((mac) => Math.floor(macToNumber(mac) / FIRST_BYTE))
  return first !== last || (first ?? 0) % 2 === 1
}
