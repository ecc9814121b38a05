import { expect, test, vi } from 'vitest'
import { LiveDetails } from '../../../../src/main/vm/live-details.ts'
import { makeVm, VM_ID } from './make-model.ts'

const disk = {
  target: 'vda',
  bus: 'virtio',
  device: 'disk',
  sourceType: 'file',
  source: '/a',
  format: 'raw',
  readOnly: false,
  capacityBytes: null,
  allocationBytes: null,
} as const
const nic = {
  macAddress: '52:54:00:AA:00:01',
  model: null,
  type: 'network',
  source: null,
  hostDevice: null,
  linkUp: true,
  addresses: [],
}

test('sizes and addresses are laid over the devices they belong to', () => {
  const onChange = vi.fn()
  const details = new LiveDetails(onChange)
  const vm = makeVm({ disks: [disk, { ...disk, target: 'vdb' }], nics: [nic] })
  expect(details.applyTo(VM_ID, vm)).toEqual({ disks: vm.disks, nics: vm.nics })
  details.setDisks(VM_ID, new Map([['vda', { capacityBytes: 10, allocationBytes: 5 }]]))
  details.setAddresses(VM_ID, new Map([['52:54:00:aa:00:01', ['10.0.0.2']]]))
  const shown = details.applyTo(VM_ID, vm)
  expect(shown.disks.map((each) => each.capacityBytes)).toEqual([10, null])
  expect(shown.nics[0]?.addresses).toEqual(['10.0.0.2'])
  expect(onChange).toHaveBeenCalledTimes(2)
  details.forget(VM_ID, 'addresses')
  expect(details.applyTo(VM_ID, vm).nics[0]?.addresses).toEqual([])
  expect(details.applyTo(VM_ID, vm).disks[0]?.capacityBytes).toBe(10)
})
