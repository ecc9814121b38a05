import { isActiveState } from '../../hosts/index.ts'
import { createPowerAction } from '../power-action.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** Cuts a VM's power. libvirt ends QEMU gently first, so that it flushes its disks, then by force. */
export const createPoweroff = (dependencies: VmCommandDependencies) =>
  createPowerAction(dependencies, {
    name: 'vm.poweroff',
    action: 'poweroff',
    events: ['vm.stopped'],
    call: (control, dom, options) => control.call('DOMAIN_DESTROY_FLAGS', { dom, flags: 0 }, options),
    tookEffect: (record) => !isActiveState(record.state),
  })
