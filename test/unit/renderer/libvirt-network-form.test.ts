import { describe, expect, it } from 'vitest'
import {
  changesOf,
  formOf,
  NEW_NETWORK,
  networkFormSchema,
} from '../../../src/renderer/features/libvirt-networks/network-form.ts'
import type { LibvirtNetwork } from '../../../src/shared/domain/index.ts'

const LEASE = { macAddress: '52:54:00:00:00:01', clientId: null, name: 'web', address: '10.1.0.11' }
const network: LibvirtNetwork = {
  id: 'a',
  name: 'lab',
  isActive: true,
  isPersistent: true,
  autostart: true,
  mode: 'nat',
  bridgeName: 'virbr1',
  forwardDevice: null,
  domainName: 'lab.test',
  mtu: null,
  natIpv6: false,
  ipv4: {
    address: '10.1.0.1',
    prefix: 24,
    dhcp: { ranges: [{ start: '10.1.0.100', end: '10.1.0.200' }], hosts: [LEASE] },
  },
  ipv6: { address: 'fd00::1', prefix: 64, dhcp: null },
  dns: {
    isEnabled: true,
    forwarders: [
      { address: '10.0.0.53', domain: 'example.org' },
      { address: '10.0.0.54', domain: null },
      { address: null, domain: 'home.arpa' },
    ],
    hosts: [{ address: '10.1.0.11', names: ['www', 'web'] }],
  },
  otherAddresses: [],
  pending: [],
  leases: [],
  usedBy: [],
  xml: '',
  asOf: 0,
}
const form = formOf(network)
const issues = (change: object) =>
  (networkFormSchema.safeParse({ ...form, ...change }).error?.issues ?? []).map(({ path }) => path[0])

describe('the form of a libvirt network', () => {
  it('shows a network as it is typed, and sends nothing that was not changed', () => {
    expect(form).toMatchObject({
      ipv4: '10.1.0.1/24',
      ranges4: '10.1.0.100 - 10.1.0.200',
      leases4: '52:54:00:00:00:01 web 10.1.0.11',
      forwarders: 'example.org 10.0.0.53\n10.0.0.54\nhome.arpa',
      dnsHosts: '10.1.0.11 www web',
    })
    expect(issues({})).toEqual([])
    expect(changesOf(form, form)).toEqual({})
  })

  it('sends what was changed, whole', () => {
    const more = `${form.leases4}\n\n52-54-00-00-00-02 10.1.0.12\ndb 10.1.0.13`
    expect(changesOf(form, { ...form, leases4: more }).ipv4?.dhcp?.hosts).toEqual([
      LEASE,
      { macAddress: '52:54:00:00:00:02', clientId: null, name: null, address: '10.1.0.12' },
      { macAddress: null, clientId: null, name: 'db', address: '10.1.0.13' },
    ])
    expect(changesOf(form, { ...form, ranges4: '', leases4: '' })).toMatchObject({ ipv4: { dhcp: null } })
    expect(changesOf(form, { ...form, mtu: '1400', domainName: ' ' })).toEqual({ mtu: 1400, domainName: null })
    expect(changesOf(form, { ...form, dnsHosts: '' })).toEqual({ dns: { ...network.dns, hosts: [] } })
  })

  it('tells client ids of IPv6 from MAC addresses', () => {
    const leases6 = '0:3:0:1:52:54:0:0:0:1 fd00::11'
    const { ipv6 } = changesOf(form, { ...form, leases6 })
    expect(ipv6?.dhcp?.hosts[0]).toMatchObject({ clientId: '0:3:0:1:52:54:0:0:0:1', macAddress: null })
  })

  it('says which line cannot be read', () => {
    expect(issues({ ipv4: '10.1.0.1' })).toEqual(['ipv4'])
    expect(issues({ ranges4: '10.1.0.1' })).toEqual(['ranges4'])
    expect(issues({ leases4: '10.1.0.11' })).toEqual(['leases4'])
    expect(issues({ leases4: 'a b 10.1.0.11' })).toEqual(['leases4'])
    expect(issues({ forwarders: 'a b c' })).toEqual(['forwarders'])
    expect(issues({ dnsHosts: '10.1.0.11' })).toEqual(['dnsHosts'])
    expect(issues({ mtu: 'a lot', name: 'a b' })).toEqual(['name', 'mtu'])
  })

  it('begins with one that works', () => {
    expect(networkFormSchema.safeParse({ ...NEW_NETWORK, name: 'lab' }).success).toBe(true)
  })
})
