import { describe, expect, it } from 'vitest'
import { EntityTable } from '../../../../../src/main/engine/index.ts'
import { decideProfileRemove } from '../../../../../src/main/network/profile-rules.ts'
import { decideAttachments, decideRules } from '../../../../../src/main/vm/create/decide-attachments.ts'
import { isBehind, markNic, takeUpProfiles } from '../../../../../src/main/vm/edit/nic-profiles.ts'
import { putBack } from '../../../../../src/main/vm/edit/put-back.ts'
import { compareDefinitions, parseDomain, readNicProfiles, withNicProfiles } from '../../../../../src/main/xml/index.ts'
import {
  type DatacenterId,
  type Network,
  type NetworkId,
  type VnicProfile,
  type VnicProfileId,
  vmNicSpecSchema,
} from '../../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'
import { inventCluster } from '../../../renderer/invented.ts'
import { buildCase } from '../definition/cases.ts'
import { CLUSTER, makeModel, makeVm } from '../make-model.ts'

const PROFILE = 'eeeeeeee-0000-4000-8000-000000000001' as VnicProfileId
const OTHER = 'eeeeeeee-0000-4000-8000-000000000002' as VnicProfileId
const NETWORK = 'ffffffff-0000-4000-8000-000000000001' as NetworkId
const MAC = '56:6f:00:00:00:01'
const cluster = inventCluster(1, { id: CLUSTER })
const network: Network = {
  id: NETWORK,
  datacenterId: cluster.datacenterId as DatacenterId,
  name: 'blue',
  description: '',
  comment: '',
  vlanId: null,
  mtu: null,
  vmNetwork: true,
  bridgeName: 'blue',
  isManagement: false,
  revision: 1,
  clusters: [{ clusterId: CLUSTER, required: false, roles: ['vm'], status: 'operational', missingHostIds: [] }],
  hostIds: [],
  profileCount: 2,
  vmCount: 0,
  problems: [],
}
const limits = {
  inbound: { averageKiBps: 1_000, peakKiBps: 2_000, burstKiB: 512 },
  outbound: { averageKiBps: 500, peakKiBps: null, burstKiB: null },
}
const unlimited = { inbound: null, outbound: null }
const profile = (changes: Partial<VnicProfile> = {}): VnicProfile => ({
  id: PROFILE,
  networkId: NETWORK,
  name: 'blue',
  description: '',
  portMirroring: false,
  filter: 'no-mac-spoofing',
  passthrough: false,
  qos: limits,
  macSpoofing: false,
  trunk: false,
  revision: 3,
  datacenterId: network.datacenterId,
  networkName: network.name,
  ...changes,
})
const definition = `<domain type='kvm'>
  <name>web</name>
  <uuid>cccccccc-0000-4000-8000-000000000003</uuid>
  <metadata>
    <app:theirs xmlns:app="urn:else"/>
    <virtdeck:network-cards xmlns:virtdeck="urn:virtdeck:network-cards">
      <virtdeck:card address="${MAC}" profile="${PROFILE}" revision="3"/>
      <virtdeck:card address="56:6f:00:00:00:09" profile="nobody" revision="x"/>
    </virtdeck:network-cards>
  </metadata>
  <devices>
    <interface type='bridge'>
      <mac address='${MAC.toUpperCase()}'/>
      <source bridge='blue'/>
      <model type='virtio'/>
      <filterref filter='no-mac-spoofing'>
        <parameter name='IP' value='192.0.2.1'/>
      </filterref>
      <bandwidth>
        <inbound average='1000' peak='2000' burst='512'/>
        <outbound average='500'/>
      </bandwidth>
    </interface>
    <interface type='bridge'>
      <mac address='56:6f:00:00:00:02'/>
      <source bridge='blue'/>
      <filterref filter='of-somebody'/>
    </interface>
  </devices>
</domain>
`
const modelWith = (...profiles: readonly VnicProfile[]) => ({
  ...makeModel(makeVm({ nics: parseDomain(definition).nics })),
  networks: new EntityTable([[NETWORK, network] as const]),
  vnicProfiles: new EntityTable(profiles.map((each) => [each.id, each] as const)),
})

describe('the vNIC profile of a new card', () => {
  const attach = (nic: object, ...profiles: readonly VnicProfile[]) =>
    decideAttachments(modelWith(...profiles), cluster, [vmNicSpecSchema.parse(nic)])
  const rules = (nic: object, ...profiles: readonly VnicProfile[]) =>
    decideRules(modelWith(...profiles), vmNicSpecSchema.parse(nic))

  it('stands in the definition: its filter, its limits, and which one it is', () => {
    const asked = { filter: 'no-mac-spoofing', qos: limits, profile: { id: PROFILE, revision: 3 } }
    expect(rules({ vnicProfileId: PROFILE }, profile())).toEqual(asked)
    const xml = buildCase({
      input: { nics: [{ bridge: 'blue' }] },
      context: { nics: [{ source: { kind: 'bridge', bridge: 'blue' }, rules: asked, macAddress: MAC }] },
    })
    expect(parseDomain(xml).nics).toMatchObject([
      { vnicProfile: { id: PROFILE, revision: 3 }, filter: 'no-mac-spoofing', qos: limits },
    ])
  })

  it('is the one that came with its network where none is named', () => {
    expect(rules({ networkId: NETWORK }, profile(), profile({ id: OTHER, name: 'fast' }))?.profile.id).toBe(PROFILE)
    expect(rules({ networkId: NETWORK }, profile({ id: OTHER, name: 'fast' }))).toBeNull()
    expect(rules({ bridge: 'blue' }, profile())).toBeNull()
  })

  it.each(['passthrough', 'portMirroring'] as const)('is refused where nothing carries it out: %s', (setting) => {
    const lacking = profile({ filter: null, qos: unlimited, [setting]: true })
    for (const nic of [{ vnicProfileId: PROFILE }, { networkId: NETWORK }]) {
      const refused = attach(nic, lacking)
      expect(refused instanceof AppError ? refused : null).toMatchObject({
        code: 'vnic-profile.not-carried-out',
        params: { name: 'blue', setting },
      })
    }
  })
})

describe('a vNIC profile that was changed', () => {
  const taken = (changes: Partial<VnicProfile>, xml = definition) => takeUpProfiles(xml, modelWith(profile(changes)))

  it('is taken up, and nothing else is touched', () => {
    // The same revision: what somebody set by hand beside it stays.
    expect(taken({ filter: null, qos: unlimited })).toBe(definition)
    const limited = taken({ revision: 4, qos: { ...limits, outbound: null } })
    expect(limited).toContain(`<parameter name='IP' value='192.0.2.1'/>`)
    expect(limited).toContain('<app:theirs xmlns:app="urn:else"/>')
    expect(parseDomain(limited).nics).toMatchObject([
      { vnicProfile: { id: PROFILE, revision: 4 }, filter: 'no-mac-spoofing', qos: { ...limits, outbound: null } },
      { filter: 'of-somebody' },
    ])
    const opened = parseDomain(taken({ revision: 5, filter: null, qos: unlimited })).nics[0]
    expect(opened).not.toHaveProperty('filter')
    expect(opened).not.toHaveProperty('qos')
    expect(taken({ revision: 5, filter: null }, taken({ revision: 5, filter: null }))).toBe(
      taken({ revision: 5, filter: null }),
    )
  })

  it('is not taken up where nothing carries it out, nor where it is gone', () => {
    expect(taken({ revision: 4, filter: null, qos: unlimited, passthrough: true })).toBe(definition)
    expect(takeUpProfiles(definition, modelWith())).toBe(definition)
    expect(isBehind({ nics: parseDomain(definition).nics }, modelWith(profile()))).toBe(false)
    expect(isBehind({ nics: parseDomain(definition).nics }, modelWith(profile({ revision: 4 })))).toBe(true)
  })

  it('waits for the next start where libvirt has not taken it, and is put back with the card', () => {
    const next = taken({ revision: 4, filter: 'clean-traffic', qos: unlimited })
    expect(compareDefinitions(parseDomain(definition), parseDomain(next))).toEqual([
      { what: 'filter', device: MAC.toUpperCase(), now: 'no-mac-spoofing', next: 'clean-traffic' },
      { what: 'limits', device: MAC.toUpperCase(), now: '1000/2000/512 – 500//', next: null },
    ])
    expect(parseDomain(putBack(next, definition).xml).nics).toEqual(
      expect.arrayContaining(parseDomain(definition).nics),
    )
  })
})

describe('which profile a card has', () => {
  it('is written, replaced and taken away beside what is there', () => {
    const bare = definition.replace(/ {2}<metadata>.*<\/metadata>\n/s, '')
    const marked = markNic(bare, MAC.toUpperCase(), { id: OTHER, revision: 1 })
    expect(readNicProfiles(marked)).toEqual([{ macAddress: MAC, id: OTHER, revision: 1 }])
    expect(markNic(marked, MAC, { id: OTHER, revision: 1 })).toBe(marked)
    expect(readNicProfiles(markNic(definition, MAC, null))).toEqual([])
    expect(markNic(definition, MAC, null)).toContain('<app:theirs xmlns:app="urn:else"/>')
    expect(withNicProfiles(bare, [])).toBe(bare)
  })

  it('keeps the profile while a machine has it, or will have it', () => {
    expect(decideProfileRemove(modelWith(profile()), PROFILE)).toMatchObject({
      code: 'vnic-profile.in-use',
      params: { count: 1, references: [{ kind: 'vm', name: 'web' }] },
    })
    expect(decideProfileRemove(modelWith(profile({ id: OTHER })), OTHER)).toBeNull()
    expect(decideProfileRemove(modelWith(), OTHER)).toMatchObject({ code: 'vnic-profile.not-found' })
    const added = compareDefinitions(
      { ...parseDomain(definition), nics: [] },
      parseDomain(markNic(definition, '56:6f:00:00:00:02', { id: OTHER, revision: 1 })),
    )
    const model = {
      ...makeModel(makeVm({ pending: added })),
      vnicProfiles: modelWith(profile({ id: OTHER })).vnicProfiles,
    }
    expect(decideProfileRemove(model, OTHER)).toMatchObject({ code: 'vnic-profile.in-use' })
  })
})
