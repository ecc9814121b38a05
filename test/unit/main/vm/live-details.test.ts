import { expect, test, vi } from 'vitest'
import { LiveDetails } from '../../../../src/main/vm/live-details.ts'
import { VM_ID } from './make-model.ts'

const nic = {
  macAddress: '52:54:00:AA:00:01',
  model: null,
  type: 'network',
  source: null,
  hostDevice: null,
  linkUp: true,
  addresses: [],
}

test('addresses are laid over the cards they belong to', () => {
  const onChange = vi.fn()
  const details = new LiveDetails(onChange)
  expect(details.applyTo(VM_ID, [nic])).toEqual([nic])
  details.setAddresses(VM_ID, new Map([['52:54:00:aa:00:01', ['10.0.0.2']]]))
  expect(details.applyTo(VM_ID, [nic])[0]?.addresses).toEqual(['10.0.0.2'])
  expect(onChange).toHaveBeenCalledTimes(1)
  details.forget(VM_ID)
  expect(details.applyTo(VM_ID, [nic])[0]?.addresses).toEqual([])
})
