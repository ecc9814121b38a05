import { expect, test } from 'vitest'
import type { DomainRecord, HostLink } from '../../../../src/main/hosts/index.ts'
import { fetchAddresses } from '../../../../src/main/metrics/fetch-addresses.ts'
import { hostIdSchema } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { FakeConnection, FakeLink } from './fake-hosts.ts'

const hostId = hostIdSchema.parse('11111111-1111-4111-8111-111111111111')
const MAC = '52:54:00:00:00:01'
const AGENT = 1

function makeLink(answer: (source: number) => readonly string[]): FakeLink {
  const readInterfaces = ({ source }: { source: number }) => {
    const addrs = answer(source).map((addr) => ({ type: 0, addr, prefix: 24 }))
    return { ifaces: [{ name: 'eth0', hwaddr: MAC.toUpperCase(), addrs }] }
  }
  const answers = { DOMAIN_INTERFACE_ADDRESSES: readInterfaces }
  const link = new FakeLink(hostId, new FakeConnection(answers))
  link.ownAnswers = answers
  lease(link, [])
  return link
}

/** Gives the host's network driver leases of our card. */
function lease(link: FakeLink, addresses: readonly string[]): void {
  const lookUp = ({ name }: { name: string }) => ({ net: { name, uuid: '' } })
  const leasesOf = ({ net, mac }: { net: { name: string }; mac: string }) => {
    expect([net.name, mac.toLowerCase()]).toEqual(['default', MAC])
    return { leases: addresses.map((ipaddr) => ({ ipaddr })), ret: addresses.length }
  }
  link.networks.answers = { NETWORK_LOOKUP_BY_NAME: lookUp, NETWORK_GET_DHCP_LEASES: leasesOf }
}

async function fetchOf(link: FakeLink, guestAgent: string): Promise<readonly string[]> {
  const nics = [
    { type: 'network', source: 'default', macAddress: MAC.toUpperCase() },
    { type: 'bridge', source: 'br0', macAddress: '52:54:00:00:00:02' },
  ]
  const record = { uuid: '4dea22b3-1d52-48f3-9516-782e98ab3fa0', name: 'web', definition: { guestAgent, nics } }
  const { signal } = new AbortController()
  const found = await fetchAddresses(link as unknown as HostLink, record as unknown as DomainRecord, signal)
  return found.get(MAC) ?? []
}

test('the agent is asked on a connection of its own, which a guest that does not answer may block', async () => {
  const link = makeLink(() => ['10.0.0.5', '127.0.0.1', 'fe80::1'])
  expect(await fetchOf(link, 'connected')).toEqual(['10.0.0.5'])
  expect([link.connection.asked.length, link.opened.length, link.opened[0]?.closed]).toEqual([0, 1, true])
})

test('what the host has seen stands in for an agent that does not answer', async () => {
  const link = makeLink((source) => {
    if (source !== AGENT) return ['10.0.0.7']
    throw new AppError('libvirt.call-timed-out', { procedure: 'DOMAIN_INTERFACE_ADDRESSES', timeoutMs: 1 })
  })
  expect(await fetchOf(link, 'connected')).toEqual(['10.0.0.7'])
  expect(link.opened[0]?.closed).toBe(true)
})

test('leases and neighbours are joined, each address once and no more than a few', async () => {
  const many = Array.from({ length: 100 }, (_, index) => `10.0.1.${index}`)
  const link = makeLink(() => many)
  lease(link, ['10.0.1.3', ...many])
  const addresses = await fetchOf(link, 'absent')
  expect(link.opened).toHaveLength(0)
  expect(addresses.length).toBe(32)
  expect(new Set(addresses).size).toBe(32)
})

test('leases are asked of the network driver alone, whose absence leaves what the host has seen', async () => {
  const link = makeLink(() => [])
  lease(link, ['10.0.0.9', '127.0.0.1'])
  expect(await fetchOf(link, 'absent')).toEqual(['10.0.0.9'])
  const absent = makeLink(() => ['10.0.0.7'])
  const lookUp = () => {
    throw new AppError('host.driver-absent', { driver: 'network', daemon: 'virtnetworkd' })
  }
  absent.networks.answers = { NETWORK_LOOKUP_BY_NAME: lookUp }
  expect(await fetchOf(absent, 'absent')).toEqual(['10.0.0.7'])
})

test('a refusal of the daemon is no addresses; a lost connection is an error', async () => {
  const failing = (error: AppError) =>
    makeLink(() => {
      throw error
    })
  const params = { procedure: 'DOMAIN_INTERFACE_ADDRESSES', libvirtCode: 86, libvirtDomain: 10, message: '', level: 2 }
  expect(await fetchOf(failing(new AppError('libvirt.call-failed', params)), 'connected')).toEqual([])
  const lost = failing(new AppError('libvirt.connection-closed', { reason: 'x' }))
  await expect(fetchOf(lost, 'absent')).rejects.toMatchObject({ code: 'libvirt.connection-closed' })
})
