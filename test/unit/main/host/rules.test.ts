import { describe, expect, test } from 'vitest'
import { EntityTable } from '../../../../src/main/engine/index.ts'
import {
  decideDefinition,
  decideOwnName,
  decidePasswordKept,
  decideSpentSecrets,
} from '../../../../src/main/host/commands/edit.ts'
import { definitionFrom } from '../../../../src/main/host/host-input.ts'
import {
  decideDefaultName,
  decideHostTrail,
  decideNameFree,
  decideNotAdded,
  decideOtherMachine,
  decidePeers,
} from '../../../../src/main/host/rules.ts'
import { commands } from '../../../../src/shared/contract/index.ts'
import {
  type Cluster,
  type ClusterId,
  type Datacenter,
  type DatacenterId,
  type Disk,
  type DiskId,
  defaultSettings,
  type Host,
  type HostId,
  type Network,
  type NetworkId,
  type StorageDomain,
  type StorageDomainId,
  type Template,
  type TemplateId,
  type Vm,
  type VmId,
  type VnicProfile,
  type VnicProfileId,
} from '../../../../src/shared/domain/index.ts'
import { makeFacts } from './make-facts.ts'
import { makeHost } from './make-host.ts'

const ID = '00000000-0000-4000-8000-00000000000a' as HostId
const CLUSTER = 'dddddddd-0000-4000-8000-000000000004' as ClusterId
const NEW = { id: ID, name: 'a', clusterId: CLUSTER }
const host = (changes: Partial<Host> = {}) => makeHost({ id: ID, clusterId: CLUSTER, ...changes })
const model = (...hosts: readonly Host[]) => ({
  now: 0,
  datacenters: new EntityTable<DatacenterId, Datacenter>(),
  clusters: new EntityTable<ClusterId, Cluster>(),
  hosts: new EntityTable(hosts.map((each) => [each.id, each])),
  vms: new EntityTable<VmId, Vm>(),
  storageDomains: new EntityTable<StorageDomainId, StorageDomain>(),
  networks: new EntityTable<NetworkId, Network>(),
  vnicProfiles: new EntityTable<VnicProfileId, VnicProfile>(),
  templates: new EntityTable<TemplateId, Template>(),
  disks: new EntityTable<DiskId, Disk>(),
  tasks: new Map(),
  settings: defaultSettings,
})

describe('names', () => {
  test('differ by more than case', () => {
    expect(decideNameFree(model(host()), 'node 1')?.code).toBe('host.name-taken')
    expect(decideNameFree(model(host()), 'node 1', ID)).toBeNull()
    expect(decideNameFree(model(host()), 'node 2')).toBeNull()
  })

  test('default to the host’s own, numbered where it is taken', () => {
    expect(decideDefaultName(model(), 'node1')).toBe('node1')
    expect(decideDefaultName(model(host({ name: 'node1' })), 'node1')).toBe('node1 (2)')
    expect(decideDefaultName(model(), '')).toBe('host')
  })
})

describe('the same host twice', () => {
  test.each([
    [{ address: 'NODE1.lab', port: null }, 'host.already-added'],
    [{ address: 'node1.lab', port: 2222 }, undefined],
    [{ address: 'node2.lab', port: 22 }, undefined],
    [{ address: 'node1.lab', port: 22, libvirtMode: 'session' }, undefined],
    [{ address: 'node1.lab', port: 22, transport: 'local' }, undefined],
  ] as const)('%o gives %s', (wanted, code) => {
    const refusal = decideNotAdded(model(host()), { transport: 'ssh', libvirtMode: 'system', ...wanted })
    expect(refusal?.code).toBe(code)
  })

  const machine = { name: 'Node 1', libvirtMode: 'system', machineUuid: 'u1', machineIdDigest: 'd1' } as const
  test.each([
    [{}, 'host.same-machine'],
    [{ machineUuid: 'u2' }, 'host.same-machine'],
    [{ machineUuid: null }, 'host.same-machine'],
    [{ machineIdDigest: null }, 'host.same-machine'],
    [{ machineIdDigest: 'd2' }, 'host.same-uuid'],
    [{ machineUuid: 'u2', machineIdDigest: 'd2' }, undefined],
    [{ machineUuid: null, machineIdDigest: null }, undefined],
    [{ libvirtMode: 'session' }, undefined],
  ] as const)('under another address, with %o beside it, gives %s', (changes, code) => {
    const refusal = decideOtherMachine([machine], { ...machine, ...changes })
    expect(refusal?.code).toBe(code)
    if (code !== undefined) expect(refusal?.params).toMatchObject({ name: 'Node 1' })
  })

  test('where neither of two says what it is, they are two', () => {
    const silent = { ...machine, machineUuid: null, machineIdDigest: null }
    expect(decideOtherMachine([silent], silent)).toBeNull()
  })
})

test('a new host looks at those of its cluster that are up and reached over SSH', () => {
  const peers = (changes: Partial<Host>, wanted = {}) =>
    decidePeers(model(host(changes)), {
      id: 'new' as HostId,
      clusterId: host().clusterId,
      libvirtMode: 'system',
      ...wanted,
    }).length
  expect(peers({})).toBe(1)
  expect(peers({ status: 'connecting' })).toBe(0)
  expect(peers({ transport: 'local' })).toBe(0)
  expect(peers({ libvirtMode: 'session' })).toBe(0)
  expect(peers({ clusterId: 'other' as Host['clusterId'] })).toBe(0)
  expect(peers({}, { id: ID })).toBe(0)
  expect(peers({}, { libvirtMode: 'session' })).toBe(0)
})

describe('editing', () => {
  const reach = { transport: 'ssh', address: 'a', libvirtMode: 'system' } as const
  test.each([
    ['a password', { password: 'x' }, 'password', '/key'],
    ['another key', { privateKeyPath: '/other' }, 'key', '/other'],
    ['no key any more', { privateKeyPath: null }, 'agent', null],
    ['only a name', { name: 'b' }, 'key', '/key'],
  ])('with %s', (_what, change, authentication, privateKeyPath) => {
    const before = definitionFrom({ ...reach, privateKeyPath: '/key' }, NEW)
    expect(decideDefinition(before, { hostId: ID, ...change })).toMatchObject({ authentication, privateKeyPath })
  })
})

describe('a stored password goes nowhere else', () => {
  const byPassword = host({ authentication: 'password', address: 'node1.lab', port: 22, jumpHost: null })
  test.each([
    ['another address', byPassword, { address: 'node2.lab' }, 'host.password-needed'],
    ['another port', byPassword, { port: 2222 }, 'host.password-needed'],
    [
      'the default port, where another was used',
      host({ ...byPassword, port: 2222 }),
      { port: null },
      'host.password-needed',
    ],
    ['a way through another host', byPassword, { jumpHost: 'gate.lab' }, 'host.password-needed'],
    ['the same address', byPassword, { address: 'node1.lab', port: 22, name: 'b' }, undefined],
    ['another address with its password', byPassword, { address: 'node2.lab', password: 'x' }, undefined],
    ['another address with a key instead', byPassword, { address: 'node2.lab', privateKeyPath: '/key' }, undefined],
    ['another address of a host with a key', host({ authentication: 'key' }), { address: 'node2.lab' }, undefined],
  ])('%s', (_what, before, change, code) => {
    expect(decidePasswordKept(before, change)?.code).toBe(code)
  })
})

describe('stored secrets that have nothing to open any more', () => {
  const reach = { transport: 'ssh', address: 'a', libvirtMode: 'system' } as const
  const withKey = definitionFrom({ ...reach, privateKeyPath: '/key' }, NEW)
  const withPassword = definitionFrom({ ...reach, password: 'x' }, NEW)
  test.each([
    ['a password, when a key is used instead', withPassword, { privateKeyPath: '/key' }, ['password', 'passphrase']],
    ['a password, when the agent is', withPassword, { privateKeyPath: null }, ['password']],
    ['the passphrase of another key', withKey, { privateKeyPath: '/other' }, ['passphrase']],
    ['but not one that came with its key', withKey, { privateKeyPath: '/other', passphrase: 'y' }, []],
    ['nor any, when only the name changes', withPassword, { name: 'b' }, []],
  ])('%s', (_what, before, change, spent) => {
    const after = decideDefinition(before, { hostId: ID, ...change })
    expect(decideSpentSecrets(before, after, { passphrase: undefined, ...change })).toEqual(spent)
  })
})

describe('taking back what was given', () => {
  test('leaves user and port to ~/.ssh/config again', () => {
    const input = { transport: 'ssh', address: 'a', libvirtMode: 'system', user: 'admin', port: 2222 } as const
    const before = definitionFrom(input, NEW)
    expect(decideDefinition(before, { hostId: ID, user: null, port: null })).toEqual({
      ...before,
      user: null,
      port: null,
    })
    expect(decideDefinition(before, { hostId: ID })).toEqual(before)
  })

  test('names it as it calls itself, numbered where another one has that name', () => {
    const other = host({ id: '00000000-0000-4000-8000-00000000000b' as HostId, name: makeFacts().hostName })
    expect(decideOwnName(model(host()), ID)).toBe(makeFacts().hostName)
    expect(decideOwnName(model(host(), other), ID)).toBe(`${makeFacts().hostName} (2)`)
    expect(decideOwnName(model(host({ facts: null })), ID)).toBe('node1.lab')
  })

  test('is taken by the command', () => {
    const input = { hostId: ID, name: null, user: null, port: null }
    expect(commands['host.edit'].input.parse(input)).toEqual(input)
  })
})

test('an address is stored without the brackets of a URL, so that one host is not added twice', () => {
  expect(commands['host.check'].input.parse({ address: ' [fd77::31] ' })).toMatchObject({ address: 'fd77::31' })
  expect(commands['host.edit'].input.parse({ hostId: ID, address: '[fd77::31]' })).toMatchObject({
    address: 'fd77::31',
  })
  expect(commands['host.check'].input.safeParse({ address: '[]' }).success).toBe(false)
})

test.each([
  ['connecting', 'up', 'host.connected'],
  ['up', 'connecting', 'host.disconnected'],
  ['connecting', 'non-responsive', undefined],
  ['connecting', 'error', 'host.refused'],
  ['error', 'error', undefined],
  [null, 'connecting', undefined],
] as const)('from %s to %s the trail says %s', (before, now, kind) => {
  expect(decideHostTrail(before, now)?.kind).toBe(kind)
})
