import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideCompatibility } from '../../../../src/main/cluster/decide-compatibility.ts'
import { clusterFeatureSchema, compareVersions, type HostId } from '../../../../src/shared/domain/index.ts'
import { makeFacts } from '../host/make-facts.ts'

const host = (id: string, libvirtVersion: string, hypervisorVersion: string) => ({
  id: id as HostId,
  facts: makeFacts({ libvirtVersion, hypervisorVersion }),
})
const offered = (...hosts: ReturnType<typeof host>[]) =>
  decideCompatibility(hosts)?.features.flatMap(({ feature, offered: is }) => (is ? [feature] : [])) ?? []

describe('what a cluster offers', () => {
  test('is not known while no host was ever reached', () => {
    expect(decideCompatibility([])).toBeNull()
    expect(decideCompatibility([{ id: 'h' as HostId, facts: null }])).toBeNull()
  })

  test('follows its weakest host, by each of the two versions', () => {
    const compatibility = decideCompatibility([
      host('new', '11.3.0', '10.0.2'),
      host('old-libvirt', '7.0.0', '8.2.0'),
      { id: 'never-reached' as HostId, facts: null },
      host('old-qemu', '9.0.0', '5.2.0'),
    ])
    expect(compatibility).toMatchObject({
      libvirtVersion: '7.0.0',
      libvirtHostId: 'old-libvirt',
      hypervisorVersion: '5.2.0',
      hypervisorHostId: 'old-qemu',
    })
  })

  test.each([
    ['Debian 12', '9.0.0', '7.2.0', clusterFeatureSchema.options, []],
    ['Debian 11', '7.0.0', '5.2.0', ['shared-folders', 'io-uring'], ['incremental-backup', 'zero-copy-migration']],
    ['a new libvirt on an old QEMU', '11.0.0', '4.2.0', ['parallel-migration'], ['shared-folders', 'vnc-clipboard']],
    ['an old libvirt on a new QEMU', '4.5.0', '9.0.0', ['emulated-tpm'], ['uefi-by-name', 'parallel-migration']],
    ['10 after 9', '10.0.0', '10.0.0', clusterFeatureSchema.options, []],
  ] as const)('on %s', (_what, libvirt, qemu, has, lacks) => {
    expect(offered(host('h', libvirt, qemu))).toEqual(expect.arrayContaining([...has]))
    for (const feature of lacks) expect(offered(host('h', libvirt, qemu))).not.toContain(feature)
  })

  test('never grows by another host', () => {
    const version = fc.tuple(fc.nat(12), fc.nat(12), fc.nat(3)).map((numbers) => numbers.join('.'))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(version, version), { minLength: 1, maxLength: 5 }),
        version,
        version,
        (rows, a, b) => {
          const hosts = rows.map(([libvirt, qemu], index) => host(String(index), libvirt, qemu))
          const before = offered(...hosts)
          for (const feature of offered(...hosts, host('other', a, b))) expect(before).toContain(feature)
        },
      ),
    )
  })
})

test('versions are ordered by their numbers', () => {
  expect(compareVersions('10.0.0', '9.9.9')).toBeGreaterThan(0)
  expect(compareVersions('4.5.0', '4.5.0')).toBe(0)
  expect(compareVersions('4.4.9', '4.5.0')).toBeLessThan(0)
})
