import { describe, expect, test } from 'vitest'
import type { NetworkId } from '../../../../src/shared/domain/index.ts'
import { isAppError } from '../../../../src/shared/errors/index.ts'
import { composeForTest } from '../cluster/composed.ts'
import { createTemporaryFolder } from '../inventory/temporary-folder.ts'

const ALL_ROLES = ['vm', 'management', 'display', 'migration', 'default-route']

async function start(folder?: string) {
  const engine = await composeForTest(folder ?? (await createTemporaryFolder()))
  const [datacenter] = engine.datacenters()
  const [cluster] = engine.clusters()
  if (datacenter === undefined || cluster === undefined) throw new Error('a new inventory has both')
  const network = (networkId: NetworkId) => engine.networks().find(({ id }) => id === networkId)
  const management = () => engine.networks().find((one) => one.isManagement && one.datacenterId === datacenter.id)
  return { ...engine, datacenterId: datacenter.id, clusterId: cluster.id, network, management }
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (isAppError(error) ? error.code : error),
  )

describe('the management network', () => {
  test('is in every datacenter, and every cluster has it with all roles', async () => {
    const engine = await start()
    expect(engine.management()).toMatchObject({
      name: 'ovirtmgmt',
      bridgeName: 'ovirtmgmt',
      profileCount: 1,
      clusters: [{ clusterId: engine.clusterId, required: true, roles: ALL_ROLES }],
    })
    const { datacenterId } = await engine.call('datacenter.create', { name: 'Seoul' })
    const { clusterId } = await engine.call('cluster.create', { datacenterId, name: 'production' })
    const own = engine.networks().filter((network) => network.datacenterId === datacenterId)
    expect(own).toMatchObject([{ name: 'ovirtmgmt', isManagement: true, clusters: [{ clusterId, roles: ALL_ROLES }] }])
    expect(engine.vnicProfiles().filter((one) => one.datacenterId === datacenterId)).toMatchObject([
      { name: 'ovirtmgmt', filter: 'no-mac-spoofing', macSpoofing: false },
    ])
    await engine.call('cluster.remove', { clusterId })
    expect(engine.networks().find(({ id }) => id === own[0]?.id)?.clusters).toEqual([])
    await engine.call('datacenter.remove', { datacenterId })
    expect(engine.networks()).toHaveLength(1)
    expect(engine.vnicProfiles()).toHaveLength(1)
  })

  test('keeps its name, stays in its clusters, and is never removed', async () => {
    const engine = await start()
    const networkId = engine.management()?.id as NetworkId
    const { clusterId } = engine
    expect(await refusal(engine.call('network.edit', { networkId, name: 'other' }))).toBe('network.management-fixed')
    expect(await refusal(engine.call('network.remove', { networkId }))).toBe('network.management-fixed')
    const detached = engine.call('cluster.detach-network', { clusterId, networkId })
    expect(await refusal(detached)).toBe('network.management-needed')
    const optional = engine.call('cluster.attach-network', { clusterId, networkId, required: false })
    expect(await refusal(optional)).toBe('network.management-needed')
    await engine.call('network.edit', { networkId, vlanId: 7, mtu: 9_000, comment: 'rack 4' })
    expect(engine.management()).toMatchObject({ vlanId: 7, mtu: 9_000, comment: 'rack 4', revision: 2 })
  })
})

describe('a network', () => {
  test('is created, attached with a role, given back and removed, and is there after a restart', async () => {
    const folder = await createTemporaryFolder()
    const first = await start(folder)
    const { datacenterId, clusterId } = first
    const { networkId } = await first.call('network.create', { datacenterId, name: 'migration', vlanId: 20 })
    expect(first.network(networkId)).toMatchObject({ vlanId: 20, mtu: null, vmNetwork: true, bridgeName: 'migration' })
    await first.call('cluster.attach-network', { clusterId, networkId, roles: ['migration'], required: true })
    expect(first.management()?.clusters[0]?.roles).toEqual(['vm', 'management', 'display', 'default-route'])
    await first.stop()

    const engine = await start(folder)
    expect(engine.network(networkId)?.clusters).toMatchObject([
      { clusterId, required: true, roles: ['migration'], status: 'non-operational', missingHostIds: [] },
    ])
    expect(await refusal(engine.call('network.remove', { networkId }))).toBe('network.in-use')
    await engine.call('cluster.detach-network', { clusterId, networkId })
    expect(engine.management()?.clusters[0]?.roles).toEqual(ALL_ROLES)
    expect(await refusal(engine.call('cluster.detach-network', { clusterId, networkId }))).toBe('network.not-attached')
    await engine.call('network.remove', { networkId })
    expect(engine.networks()).toHaveLength(1)
    expect(engine.vnicProfiles()).toHaveLength(1)
    const lines = engine.events().filter(({ subject }) => subject.id === networkId)
    expect(lines.map(({ command, error }) => [command, error?.code ?? null])).toEqual([
      ['network.create', null],
      ['cluster.attach-network', null],
      ['network.remove', 'network.in-use'],
      ['cluster.detach-network', null],
      ['cluster.detach-network', 'network.not-attached'],
      ['network.remove', null],
    ])
  })

  test('has a name that is used once in its datacenter, whatever its case', async () => {
    const engine = await start()
    const { datacenterId } = engine
    const { networkId } = await engine.call('network.create', { datacenterId, name: 'blue' })
    const again = engine.call('network.create', { datacenterId, name: 'Blue' })
    expect(await refusal(again)).toBe('network.name-taken')
    const other = await engine.call('datacenter.create', { name: 'Seoul' })
    await engine.call('network.create', { datacenterId: other.datacenterId, name: 'blue' })
    await engine.call('network.edit', { networkId, name: 'BLUE' })
    const taken = engine.call('network.edit', { networkId, name: 'OVIRTMGMT' })
    expect(await refusal(taken)).toBe('network.name-taken')
  })

  test('with a long name has a short bridge, and keeps it when it is renamed', async () => {
    const engine = await start()
    const { datacenterId } = engine
    const name = 'Backup of the whole building'
    const { networkId } = await engine.call('network.create', { datacenterId, name })
    const bridgeName = engine.network(networkId)?.bridgeName ?? ''
    expect(bridgeName).toMatch(/^nBackupof-[0-9a-f]{5}$/)
    await engine.call('network.edit', { networkId, name: 'backup' })
    expect(engine.network(networkId)).toMatchObject({ name: 'backup', bridgeName })
  })

  test('may share a VLAN with another one, and both say so', async () => {
    const engine = await start()
    const { datacenterId } = engine
    const one = await engine.call('network.create', { datacenterId, name: 'one', vlanId: 5 })
    const two = await engine.call('network.create', { datacenterId, name: 'two', vlanId: 5 })
    const problems = (id: NetworkId) =>
      engine.network(id)?.problems.map(({ error }) => [error.code, error.params.other])
    expect(problems(one.networkId)).toEqual([['network.vlan-shared', 'two']])
    expect(problems(two.networkId)).toEqual([['network.vlan-shared', 'one']])
    await engine.call('network.remove', { networkId: two.networkId })
    expect(problems(one.networkId)).toEqual([])
  })

  test('that is for machines no more loses its profiles and that role; made so again it gets a profile', async () => {
    const engine = await start()
    const { datacenterId, clusterId } = engine
    const input = { datacenterId, name: 'blue', attachToAllClusters: true }
    const { networkId } = await engine.call('network.create', input)
    expect(engine.network(networkId)?.clusters).toMatchObject([{ clusterId, roles: ['vm'], required: false }])
    await engine.call('network.edit', { networkId, vmNetwork: false })
    expect(engine.network(networkId)).toMatchObject({ profileCount: 0, clusters: [{ roles: [] }] })
    const asVm = engine.call('cluster.attach-network', { clusterId, networkId, roles: ['vm'] })
    expect(await refusal(asVm)).toBe('network.not-for-vms')
    const profile = engine.call('vnic-profile.create', { networkId, name: 'fast' })
    expect(await refusal(profile)).toBe('vnic-profile.network-without-vms')
    await engine.call('network.edit', { networkId, vmNetwork: true })
    expect(engine.network(networkId)?.profileCount).toBe(1)
  })

  test('is not attached to a cluster of another datacenter', async () => {
    const engine = await start()
    const { datacenterId } = await engine.call('datacenter.create', { name: 'Seoul' })
    const { networkId } = await engine.call('network.create', { datacenterId, name: 'blue' })
    const attached = engine.call('cluster.attach-network', { clusterId: engine.clusterId, networkId })
    expect(await refusal(attached)).toBe('network.other-datacenter')
  })

  test('is not overwritten by an edit that was begun before another one', async () => {
    const engine = await start()
    const { networkId } = await engine.call('network.create', { datacenterId: engine.datacenterId, name: 'blue' })
    await engine.call('network.edit', { networkId, revision: 1, mtu: 9_000 })
    const late = engine.call('network.edit', { networkId, revision: 1, mtu: 1_400 })
    expect(await refusal(late)).toBe('network.changed-meanwhile')
    expect(engine.network(networkId)?.mtu).toBe(9_000)
  })
})

describe('a vNIC profile', () => {
  test('guards against forged addresses, unless it is to allow them', async () => {
    const engine = await start()
    const networkId = engine.management()?.id as NetworkId
    const plain = await engine.call('vnic-profile.create', { networkId, name: 'plain' })
    const nested = await engine.call('vnic-profile.create', { networkId, name: 'nested', macSpoofing: true })
    const profile = (id: string) => engine.vnicProfiles().find((one) => one.id === id)
    expect(profile(plain.vnicProfileId)).toMatchObject({ filter: 'no-mac-spoofing', networkName: 'ovirtmgmt' })
    expect(profile(nested.vnicProfileId)).toMatchObject({ filter: null, macSpoofing: true })
    await engine.call('vnic-profile.edit', { vnicProfileId: plain.vnicProfileId, macSpoofing: true, trunk: true })
    expect(profile(plain.vnicProfileId)).toMatchObject({ filter: null, macSpoofing: true, trunk: true, revision: 2 })
    const { vnicProfileId } = plain
    const both = engine.call('vnic-profile.edit', { vnicProfileId, filter: 'clean-traffic' })
    expect(await refusal(both)).toBe('vnic-profile.filter-contradicts')
    const mirrored = engine.call('vnic-profile.edit', { vnicProfileId, passthrough: true, portMirroring: true })
    expect(await refusal(mirrored)).toBe('vnic-profile.passthrough-alone')
    await engine.call('vnic-profile.edit', { vnicProfileId, macSpoofing: false })
    expect(profile(vnicProfileId)?.filter).toBe('no-mac-spoofing')
    await engine.call('vnic-profile.remove', { vnicProfileId })
    expect(profile(vnicProfileId)).toBeUndefined()
    const gone = engine.call('vnic-profile.remove', { vnicProfileId })
    expect(await refusal(gone)).toBe('vnic-profile.not-found')
  })
})
