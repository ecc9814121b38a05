import { createPowerAction } from '../power-action.ts'
import type { VmCommandDependencies } from './dependencies.ts'

/** Stops a VM's vCPUs; its memory stays on the host. */
export const createPause = (dependencies: VmCommandDependencies) =>
  createPowerAction(dependencies, {
    name: 'vm.pause',
    action: 'pause',
    events: ['vm.paused'],
    call: (control, dom, options) => control.call('DOMAIN_SUSPEND', { dom }, options),
    tookEffect: (record) => record.state === 'paused',
  })
