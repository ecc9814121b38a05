import { isActiveState } from '../../hosts/index.ts'
import { createPowerAction } from '../power-action.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** How long a VM counts as powering down when its guest does nothing about it. */
const POWERING_DOWN_MS = 5 * 60_000

/** Asks the guest to shut down. libvirt asks the agent where one is connected, and presses the power button otherwise. */
export const createShutdown = (dependencies: VmCommandDependencies) =>
  createPowerAction(dependencies, {
    name: 'vm.shutdown',
    action: 'shutdown',
    events: ['vm.stopped'],
    reason: 'shutdown',
    call: (control, dom, options) => control.call('DOMAIN_SHUTDOWN_FLAGS', { dom, flags: 0 }, options),
    tookEffect: (record) => (isActiveState(record.state) ? null : true),
    asksGuest: { status: 'powering-down', withinMs: POWERING_DOWN_MS },
  })
