import { z } from 'zod'
import type { Ipv4Configuration, Ipv6Configuration, NetworkAttachment } from '../../../shared/domain/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

/** "192.0.2.7/24" as the engine takes it, or null. Pure. */
export function readAddress(
  text: string,
  kind: 'ipv4' | 'ipv6',
): { readonly address: string; readonly prefix: number } | null {
  const [, address = '', digits = ''] = /^([^/\s]+)\/(\d{1,3})$/.exec(text.trim()) ?? []
  const prefix = Number(digits)
  const isAddress = (kind === 'ipv4' ? z.ipv4() : z.ipv6()).safeParse(address).success
  return isAddress && prefix >= 1 && prefix <= (kind === 'ipv4' ? 32 : 128) ? { address, prefix } : null
}

const isGateway = (text: string, kind: 'ipv4' | 'ipv6') =>
  text.trim() === '' || (kind === 'ipv4' ? z.ipv4() : z.ipv6()).safeParse(text.trim()).success

const serversOf = (text: string) => text.split(/[\s,]+/).filter((one) => one !== '')

export const addressFormSchema = z
  .object({
    ipv4Method: z.enum(['none', 'dhcp', 'static']),
    ipv4Address: z.string(),
    ipv4Gateway: z.string(),
    ipv6Method: z.enum(['none', 'auto', 'dhcp', 'static']),
    ipv6Address: z.string(),
    ipv6Gateway: z.string(),
    dns: z.string(),
  })
  .superRefine((form, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    for (const kind of ['ipv4', 'ipv6'] as const) {
      if (form[`${kind}Method`] !== 'static') continue
      if (readAddress(form[`${kind}Address`], kind) === null)
        wrong(`${kind}Address`, `networks:addresses.wrong.${kind}`)
      if (!isGateway(form[`${kind}Gateway`], kind)) wrong(`${kind}Gateway`, 'networks:addresses.wrong.gateway')
    }
    const servers = serversOf(form.dns)
    const isServer = (one: string) => z.union([z.ipv4(), z.ipv6()]).safeParse(one).success
    if (servers.length > 8 || !servers.every(isServer)) wrong('dns', 'networks:addresses.wrong.dns')
  })
export type AddressForm = z.infer<typeof addressFormSchema>

export type Addresses = Pick<NetworkAttachment, 'ipv4' | 'ipv6' | 'dns'>

/** Addresses as a person types them. Pure. */
export function addressFormOf({ ipv4, ipv6, dns }: Addresses): AddressForm {
  return {
    ipv4Method: ipv4.method,
    ipv4Address: ipv4.method === 'static' ? `${ipv4.address}/${ipv4.prefix}` : '',
    ipv4Gateway: ipv4.method === 'static' ? (ipv4.gateway ?? '') : '',
    ipv6Method: ipv6.method,
    ipv6Address: ipv6.method === 'static' ? `${ipv6.address}/${ipv6.prefix}` : '',
    ipv6Gateway: ipv6.method === 'static' ? (ipv6.gateway ?? '') : '',
    dns: dns.join(', '),
  }
}

/** A form that its schema took, as the engine takes it. Pure. */
export function addressesOf(form: AddressForm): Addresses {
  const fixed = (kind: 'ipv4' | 'ipv6') => {
    const { address, prefix } = readAddress(form[`${kind}Address`], kind) ?? { address: '', prefix: 0 }
    return { method: 'static' as const, address, prefix, gateway: form[`${kind}Gateway`].trim() || null }
  }
  const ipv4: Ipv4Configuration = form.ipv4Method === 'static' ? fixed('ipv4') : { method: form.ipv4Method }
  const ipv6: Ipv6Configuration = form.ipv6Method === 'static' ? fixed('ipv6') : { method: form.ipv6Method }
  return { ipv4, ipv6, dns: serversOf(form.dns) }
}

/** "192.0.2.7/24", "DHCP", …: what a network's line says; empty: no address. Pure. */
export function addressWords({ ipv4, ipv6 }: Addresses, word: (method: 'dhcp' | 'auto') => string): string {
  const one = (configuration: Ipv4Configuration | Ipv6Configuration) => {
    if (configuration.method === 'none') return []
    return configuration.method === 'static'
      ? [`${configuration.address}/${configuration.prefix}`]
      : [word(configuration.method)]
  }
  return [...one(ipv4), ...one(ipv6)].join(', ')
}
