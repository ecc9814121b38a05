import { seedOf } from '../wave.ts'

/** Guests that a definition can name by libosinfo's id, as their agents would tell of them. */
const GUESTS = [
  { id: /\/debian\//, system: 'Debian GNU/Linux 13 (trixie)', kernel: '6.12.48+deb13-amd64' },
  { id: /ubuntu/, system: 'Ubuntu 24.04.3 LTS', kernel: '6.8.0-85-generic' },
  { id: /almalinux|rhel|centos|rocky/, system: 'AlmaLinux 10.0 (Purple Lion)', kernel: '6.12.0-55.el10.x86_64' },
  { id: /microsoft/, system: 'Microsoft Windows Server 2025', kernel: '10.0.26100' },
] as const

/** What a guest says that it is. Pure. */
export function guestOf(operatingSystem: string | null): { readonly system: string; readonly kernel: string } {
  const known = GUESTS.find(({ id }) => id.test(operatingSystem ?? ''))
  return known ?? { system: 'Linux', kernel: '6.12.0' }
}

/** The address of a card: the same card has the same one. Of TEST-NET-2 and -3 (RFC 5737), which lead nowhere. Pure. */
export function addressOf(macAddress: string): string {
  const seed = seedOf(macAddress)
  return `${seed % 2 === 0 ? '198.51.100' : '203.0.113'}.${1 + ((seed >>> 8) % 254)}`
}
