import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createHostRegistry, type HostRegistry, isLibvirtError } from '../../../../src/main/hosts/index.ts'
import type { SimulatedWorld } from '../../../../src/main/simulation/index.ts'
import { createKnownHosts } from '../../../../src/main/ssh/index.ts'
import { settingsSchema } from '../../../../src/shared/domain/index.ts'
import { DEFINITION } from '../hosts/fake-host.ts'
import { aMachineXml, aWorld, openDaemon, openSimulatedRoute } from './a-world.ts'

const UUID = '6a1b1a34-0000-4000-8000-00000000000a'
const definition = { ...DEFINITION, address: 'one.demo' }

describe('a simulated host behind a link', () => {
  let world: SimulatedWorld
  let registry: HostRegistry

  beforeEach(() => {
    world = aWorld('one.demo')
    registry = createHostRegistry({
      knownHosts: createKnownHosts({ ownPath: '/nonexistent/known_hosts' }),
      secrets: async () => ({}),
      settings: () => settingsSchema.parse({}),
      openRoute: async ({ address }) => openSimulatedRoute(world, address),
    })
  })

  afterEach(() => registry.stop())

  it('comes up with its facts, its machines and its drivers, and follows what changes', async () => {
    const next = await openDaemon(world, 'one.demo')
    const { dom } = await next.call('DOMAIN_DEFINE_XML_FLAGS', { xml: aMachineXml('web', UUID), flags: 0 })
    const link = registry.add(definition)
    await link.whenLive(20_000)
    await vi.waitFor(() => expect(link.state.facts).not.toBeNull(), { timeout: 20_000 })
    expect(link.state).toMatchObject({
      status: 'up',
      facts: {
        hostName: 'one.demo',
        hypervisor: 'QEMU',
        hypervisorVersion: '9.2.0',
        libvirtVersion: '11.3.0',
        cpuModel: 'AMD EPYC 7313 16-Core Processor',
        cpus: 32,
        domainTypes: ['kvm', 'qemu'],
      },
    })
    expect(link.domains.get(UUID)).toMatchObject({ name: 'web', state: 'shut-off', persistent: true })
    await next.call('DOMAIN_CREATE_WITH_FLAGS', { dom, flags: 0 })
    await vi.waitFor(() => expect(link.domains.get(UUID)).toMatchObject({ state: 'running', reason: 'booted' }), {
      timeout: 20_000,
    })
    expect(link.domains.get(UUID)?.definition).toMatchObject({ guestAgent: 'connected', hasSerialConsole: true })
    await vi.waitFor(() => expect(link.pools.stale || link.networks.stale).toBe(false), { timeout: 20_000 })
    await next.close()
  })

  it('refuses what it does not know, and goes on', async () => {
    const link = registry.add(definition)
    await link.whenLive(20_000)
    const limits = { timeoutMs: 1_000, maxOutputBytes: 1_000 }
    await expect(link.runScript('rm -rf /', limits)).rejects.toMatchObject({ code: 'host.simulated' })
    await expect(link.runScript('', limits)).rejects.toMatchObject({ code: 'host.simulated' })
    const dom = { name: 'nobody', uuid: UUID, id: -1 }
    const unknown = link.control().call('DOMAIN_GET_SECURITY_LABEL', { dom })
    await expect(unknown).rejects.toSatisfy((error) => isLibvirtError(error, 'noSupport'))
    await expect(link.control().call('CONNECT_GET_HOSTNAME', {})).resolves.toEqual({ hostname: 'one.demo' })
    await expect(link.forwardTcp('127.0.0.1', 22)).rejects.toMatchObject({ code: 'ssh.forward-refused' })
  })

  it('is not there where the world has no host of that address', async () => {
    const error = await registry
      .openRoute({ ...definition, address: 'real.example.org' }, { secrets: async () => ({}) })
      .then(
        () => null,
        (refusal: unknown) => refusal,
      )
    expect(error).toMatchObject({ code: 'host.simulated', params: { hint: 'unknown' } })
  })
})
