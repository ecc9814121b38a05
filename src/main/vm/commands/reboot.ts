import { createPowerAction } from '../power-action.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** How long a VM counts as rebooting when its guest does nothing about it. */
const REBOOTING_MS = 2 * 60_000

/** Asks the guest to reboot. libvirt asks the agent where one is connected, and ACPI otherwise. */
export const createReboot = (dependencies: VmCommandDependencies) =>
  createPowerAction(dependencies, {
    name: 'vm.reboot',
    action: 'reboot',
    events: ['vm.rebooted'],
    call: (control, dom, options) => control.call('DOMAIN_REBOOT', { dom, flags: 0 }, options),
    tookEffect: () => null,
    asksGuest: { status: 'reboot-in-progress', withinMs: REBOOTING_MS },
  })
