/** An IP address as a number, with its family. */
export interface IpAddress {
  readonly family: 4 | 6
  readonly value: bigint
}

/** The addresses of a subnet, the first and the last included. */
export interface IpSubnet {
  readonly family: 4 | 6
  readonly first: bigint
  readonly last: bigint
}

const OCTET = /^(?:0|[1-9]\d{0,2})$/
const GROUP = /^[0-9a-f]{1,4}$/i

/** Reads "10.0.0.1" or "fd00::1"; without zone or prefix. Null for anything else. Text forms: RFC 4291, 2.2. Pure. */
export function parseIpAddress(text: string): IpAddress | null {
  const value = text.includes(':') ? parseIpv6(text) : parseIpv4(text)
  return value === null ? null : { family: text.includes(':') ? 6 : 4, value }
}

/** The subnet that an address with a prefix lies in. Null where the address or the prefix is none. Pure. */
export function subnetOf(address: string, prefix: number): IpSubnet | null {
  const parsed = parseIpAddress(address)
  if (parsed === null) return null
  const bits = parsed.family === 4 ? 32 : 128
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > bits) return null
  const size = 1n << BigInt(bits - prefix)
  const first = (parsed.value / size) * size
  return { family: parsed.family, first, last: first + size - 1n }
}

/** Does an address lie in a subnet? Pure. */
export function isInSubnet({ family, first, last }: IpSubnet, address: IpAddress): boolean {
  return address.family === family && address.value >= first && address.value <= last
}

/** Have two subnets an address in common? Pure. */
export function subnetsOverlap(one: IpSubnet, other: IpSubnet): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last
}

/** "255.255.255.0" as 24; null for what is no mask of that kind. Pure. */
export function prefixOfMask(mask: string): number | null {
  const value = parseIpv4(mask)
  if (value === null) return null
  const ones = value.toString(2).padStart(32, '0')
  return /^1*0*$/.test(ones) ? ones.replaceAll('0', '').length : null
}

function parseIpv4(text: string): bigint | null {
  const octets = text.split('.')
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255)) return null
  return octets.reduce((value, octet) => value * 256n + BigInt(octet), 0n)
}

function parseIpv6(text: string): bigint | null {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (tail !== null) {
    const low = parseIpv4(tail[2] ?? '')
    if (low === null) return null
    return parseIpv6(`${tail[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`)
  }
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [before, after] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const [left, right] = [before ?? [], after ?? []]
  const missing = 8 - left.length - right.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right]
  if (!groups.every((group) => GROUP.test(group))) return null
  return groups.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n)
}
