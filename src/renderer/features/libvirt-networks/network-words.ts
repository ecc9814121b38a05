import {
  type DhcpRange,
  type IpSettings,
  LIBVIRT_NETWORK_MODES,
  type LibvirtNetworkMode,
} from '../../../shared/domain/index.ts'

// Apart from the form: the page's first scripts use this, and build no schemas.

/** A mode that networks are made with here. */
export function isOwnMode(mode: string): mode is LibvirtNetworkMode {
  return (LIBVIRT_NETWORK_MODES as readonly string[]).includes(mode)
}

/** "192.168.100.1/24", as it is shown and typed. */
export function formatSubnet({ address, prefix }: Pick<IpSettings, 'address' | 'prefix'>): string {
  return `${address}/${prefix}`
}

export function formatRange({ start, end }: DhcpRange): string {
  return `${start} - ${end}`
}
