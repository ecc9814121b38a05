import { createPowerAction } from '../power-action.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** Lets a paused VM run on, and wakes one that its guest has put to sleep. */
export const createResume = (dependencies: VmCommandDependencies) =>
  createPowerAction(dependencies, {
    name: 'vm.resume',
    action: 'resume',
    // A guest that was asleep is reported as started anew.
    events: ['vm.resumed', 'vm.started'],
    call: (control, dom, options, vm) =>
      vm.statusReason === 'pm-suspended'
        ? control.call('DOMAIN_PM_WAKEUP', { dom, flags: 0 }, options)
        : control.call('DOMAIN_RESUME', { dom }, options),
    tookEffect: (record) => record.state === 'running',
  })
