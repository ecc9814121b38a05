import { createPowerAction } from '../power-action.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** Resets a VM at once, as its reset button would. */
export const createReset = (dependencies: VmCommandDependencies) =>
  createPowerAction(dependencies, {
    name: 'vm.reset',
    action: 'reset',
    events: ['vm.rebooted'],
    call: (control, dom, options) => control.call('DOMAIN_RESET', { dom, flags: 0 }, options),
    tookEffect: () => null,
  })
