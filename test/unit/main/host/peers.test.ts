import { describe, expect, test } from 'vitest'
import { decideKnownMacs, decideKnownVms } from '../../../../src/main/host/decide-guest-verdicts.ts'
import { toRanges } from '../../../../src/main/host/peers/decide-peer-verdicts.ts'
import { decideMigrationPorts, decideNames, type PeerLook } from '../../../../src/main/host/peers/index.ts'
import { buildPeerScript, isPlainName, parsePeerFinding } from '../../../../src/main/host/peers/peer-script.ts'
import type { HostId, Vm, VmId } from '../../../../src/shared/domain/index.ts'

const look = (changes: Partial<PeerLook> = {}): PeerLook => ({
  from: 'node1',
  to: 'node2',
  resolvesTo: '10.0.0.2',
  ports: new Map([
    [49_152, 'refused'],
    [49_153, 'open'],
  ]),
  ...changes,
})

test.each(['node1.lab', '10.77.0.21', 'fd77::1', 'NODE_1'])('%s may be written into a script', (name) => {
  expect(isPlainName(name)).toBe(true)
})

test.each(['', '-h', '$(id)', 'a b', 'a;b', "a'b", 'a\nb', `a${'b'.repeat(253)}`])('%j may not', (name) => {
  expect(isPlainName(name)).toBe(false)
  expect(() => buildPeerScript({ name, address: '10.0.0.1' })).toThrow()
  expect(() => buildPeerScript({ name: 'node1', address: name })).toThrow()
})

describe('what one host prints of another', () => {
  test('is read', () => {
    const printed = 'resolves=10.0.0.2\nports=tried\nport=49152 refused\nport=49153 silent\nport=49154 nonsense\n'
    expect(parsePeerFinding(printed)).toEqual({
      resolvesTo: '10.0.0.2',
      ports: new Map([
        [49_152, 'refused'],
        [49_153, 'silent'],
      ]),
    })
  })

  test.each([
    ['', null],
    ['resolves=\n', null],
    // Debian writes a host's own name so into its own file.
    ['resolves=127.0.1.1\n', null],
    ['resolves=::1\n', null],
    ['resolves=\u001b[2J\n', null],
    ['resolves=fd77::2\n', 'fd77::2'],
  ])('%j leads to %s', (printed, resolvesTo) => {
    expect(parsePeerFinding(printed)).toEqual({ resolvesTo, ports: null })
  })
})

describe('names', () => {
  test('that are known everywhere pass, with what they lead to', () => {
    const back = look({ from: 'node2', to: 'node1', resolvesTo: '10.0.0.1' })
    expect(decideNames([look(), back])).toEqual({ warning: null, detail: 'node2 → 10.0.0.2 · node1 → 10.0.0.1' })
    expect(decideNames([])).toBeNull()
  })

  test('that are not say on which hosts', () => {
    const lost = [look({ resolvesTo: null }), look({ from: 'node3', resolvesTo: null }), look({ from: 'node4' })]
    expect(decideNames(lost)?.warning).toMatchObject({
      code: 'host.name-unresolvable',
      params: { name: 'node2', hosts: 'node1, node3' },
    })
  })
})

describe('migration ports', () => {
  test('that answer pass, also with a refusal', () => {
    expect(decideMigrationPorts([look()])).toEqual({ warning: null, detail: 'node1 → node2: 2/64' })
  })

  test.each([
    [[], null],
    [[look({ ports: null })], null],
    [[look({ ports: new Map() })], null],
  ])('that nobody could try: %#', (looks, verdict) => {
    expect(decideMigrationPorts(looks)).toBe(verdict)
  })

  test.each([
    ['silent', 'silent'],
    ['unreachable', 'unreachable'],
  ] as const)('that are %s are behind a firewall', (answer, hint) => {
    const ports = new Map([
      [49_152, 'refused'],
      [49_153, answer],
      [49_154, 'silent'],
    ] as const)
    expect(decideMigrationPorts([look({ ports: null }), look({ ports })])?.warning).toMatchObject({
      code: 'host.migration-ports-blocked',
      params: { from: 'node1', to: 'node2', ports: '49153-49154', hint },
    })
  })

  test('are written as ranges', () => {
    expect(toRanges([5, 1, 2, 3, 9])).toBe('1-3, 5, 9')
    expect(toRanges([1, 3, 5, 7, 9, 11])).toBe('1, 3, 5, 7, 9, …')
  })
})

describe('machines that are known from elsewhere', () => {
  const nic = (macAddress: string) => ({ macAddress }) as Vm['nics'][number]
  const model = {
    hosts: new Map([['h1' as HostId, { name: 'node1' }]]),
    vms: new Map([['u1', { id: 'u1' as VmId, name: 'web', hostId: 'h1' as HostId, nics: [nic('52:54:00:00:00:01')] }]]),
  }

  test('by UUID', () => {
    const guests = [
      { uuid: 'u1', name: 'web-copy', macAddresses: [] },
      { uuid: 'u2', name: 'db', macAddresses: [] },
    ]
    expect(decideKnownVms(guests, model)?.warning).toMatchObject({ params: { vms: 'web-copy (node1)', count: 1 } })
    expect(decideKnownVms(guests.slice(1), model)?.warning).toBeNull()
    expect(decideKnownVms(null, model)).toBeNull()
  })

  test('by the addresses of their network cards, in any case; their own do not count', () => {
    const mac = '52:54:00:00:00:01'
    const clash = decideKnownMacs([{ uuid: 'u2', name: 'db', macAddresses: [mac.toUpperCase()] }], model)
    expect(clash?.warning).toMatchObject({
      code: 'host.macs-elsewhere',
      params: { clashes: `${mac}: db, web (node1)` },
    })
    expect(decideKnownMacs([{ uuid: 'u1', name: 'web', macAddresses: [mac] }], model)?.warning).toBeNull()
    expect(decideKnownMacs([{ uuid: 'u2', name: 'db', macAddresses: [] }], model)?.warning).toBeNull()
  })

  test('five are named, all are counted', () => {
    const vms = new Map(
      Array.from({ length: 9 }, (_unused, index) => [
        `u${index}`,
        { id: `u${index}` as VmId, name: 'x', hostId: 'h1' as HostId, nics: [] },
      ]),
    )
    const guests = [...vms.keys()].map((uuid) => ({ uuid, name: uuid, macAddresses: [] }))
    const warning = decideKnownVms(guests, { ...model, vms })?.warning
    expect(warning?.params).toMatchObject({ count: 9, vms: expect.stringMatching(/^u0 .*u4 \(node1\), …$/) })
  })
})
