import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MacTable } from '../../../../src/main/cluster/mac-table.ts'
import { VmTallies } from '../../../../src/main/cluster/vm-tallies.ts'
import { type ClusterId, type Vm, type VmId, vmStatusSchema } from '../../../../src/shared/domain/index.ts'
import { makeVm } from '../vm/make-model.ts'

const CLUSTERS = ['a', 'b'] as unknown as readonly ClusterId[]
const MACS = ['56:6f:00:01:00:00', '56:6F:00:01:00:01', '52:54:00:00:00:01', 'not-a-mac']
const RANGE = { from: '56:6f:00:01:00:00', to: '56:6f:00:01:ff:ff' }
const nic = (macAddress: string): Vm['nics'][number] => ({
  macAddress,
  model: null,
  type: 'bridge',
  source: null,
  hostDevice: null,
  linkUp: true,
  addresses: [],
})
const anyVm = fc.record({
  id: fc.constantFrom('1', '2', '3', '4').map((id) => id as VmId),
  clusterId: fc.constantFrom(...CLUSTERS),
  status: fc.constantFrom(...vmStatusSchema.options),
  lastStatus: fc.constantFrom(null, 'up', 'down'),
  vcpus: fc.nat(8),
  maxVcpus: fc.nat(8),
  memoryKiB: fc.nat(1_000),
  maxMemoryKiB: fc.nat(1_000),
  nics: fc.array(fc.constantFrom(...MACS).map(nic), { maxLength: 3 }),
})
/** A VM as it became, or the id of one that went. */
const steps = fc.array(
  fc.oneof(
    anyVm.map((changes) => makeVm(changes as Partial<Vm>)),
    fc.constantFrom('1', '2', '3'),
  ),
  {
    maxLength: 40,
  },
)

function play(all: readonly (Vm | string)[], see: (vmId: VmId, vm: Vm | undefined) => void): Map<VmId, Vm> {
  const vms = new Map<VmId, Vm>()
  for (const step of all) {
    const vmId = (typeof step === 'string' ? step : step.id) as VmId
    const vm = typeof step === 'string' ? undefined : step
    if (vm === undefined) vms.delete(vmId)
    else vms.set(vmId, vm)
    see(vmId, vm)
  }
  return vms
}

describe('sums over the VMs of clusters', () => {
  test('are after any changes what counting all of them anew gives', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const tallies = new VmTallies()
        const vms = play(all, (vmId, vm) => tallies.update(vmId, vm))
        for (const clusterId of CLUSTERS) {
          const here = [...vms.values()].filter((vm) => vm.clusterId === clusterId)
          const tally = tallies.of(clusterId)
          expect(tally.count).toBe(here.length)
          expect([...tally.byStatus.values()].reduce((sum, count) => sum + count, 0)).toBe(here.length)
          expect([...tally.byStatus.values()].every((count) => count > 0)).toBe(true)
          expect(tally.vcpus).toBe(here.reduce((sum, vm) => sum + Math.max(vm.vcpus, vm.maxVcpus), 0))
          expect(tally.memoryKiB).toBe(here.reduce((sum, vm) => sum + Math.max(vm.memoryKiB, vm.maxMemoryKiB), 0))
          expect(tally.runningVcpus).toBeLessThanOrEqual(tally.vcpus)
        }
      }),
    )
  })

  test('count a VM of a lost host as running where it ran when the host was last heard', () => {
    const tallies = new VmTallies()
    const vm = makeVm({ clusterId: 'a' as ClusterId, status: 'unknown', lastStatus: 'up', vcpus: 2, maxVcpus: 4 })
    tallies.update(vm.id, vm)
    expect(tallies.of('a' as ClusterId)).toMatchObject({ vcpus: 4, runningVcpus: 4 })
    tallies.update(vm.id, { ...vm, lastStatus: 'down' })
    expect(tallies.of('a' as ClusterId)).toMatchObject({ vcpus: 4, runningVcpus: 0 })
    expect(tallies.update(vm.id, { ...vm, lastStatus: 'down', title: 'another' })).toEqual([])
  })
})

describe('MAC addresses of the inventory', () => {
  test('are after any changes what counting all of them anew gives', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const table = new MacTable()
        const vms = play(all, (vmId, vm) => table.update(vmId, vm))
        const cards = [...vms.values()].flatMap((vm) =>
          vm.nics.map(({ macAddress }) => ({ mac: macAddress.toLowerCase(), vmId: vm.id })),
        )
        const real = cards.filter(({ mac }) => mac !== 'not-a-mac')
        const inRange = new Set(real.map(({ mac }) => mac).filter((mac) => mac.startsWith('56:6f:00:01')))
        expect(table.countIn(RANGE)).toBe(inRange.size)
        const twice = [...new Set(real.map(({ mac }) => mac))].filter(
          (mac) => real.filter((card) => card.mac === mac).length > 1,
        )
        expect(table.duplicates().map(({ mac }) => mac)).toEqual(twice.sort())
        for (const { mac, vmIds } of table.duplicates()) {
          expect([...vmIds].sort()).toEqual(
            real
              .filter((card) => card.mac === mac)
              .map(({ vmId }) => vmId)
              .sort(),
          )
        }
      }),
    )
  })
})
