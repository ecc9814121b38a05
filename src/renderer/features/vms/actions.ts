import type { CommandName } from '../../../shared/contract/index.ts'
import type { Settings, Vm, VmId } from '../../../shared/domain/index.ts'
import type { ProposedCall } from '../../stores/index.ts'

/** Everything that can be done to a VM from the list, the header and the menus. */
export type VmActionId =
  | 'start'
  | 'startPaused'
  | 'startFresh'
  | 'resume'
  | 'pause'
  | 'shutdown'
  | 'reboot'
  | 'save'
  | 'poweroff'
  | 'reset'
  | 'autostartOn'
  | 'autostartOff'

type VmCommand = Extract<CommandName, `vm.${string}`>

export interface VmAction {
  readonly id: VmActionId
  readonly command: VmCommand
  readonly call: (vmId: VmId) => ProposedCall
  /** The question that is asked first, when the settings say so; `discard` is always asked. */
  readonly confirm: 'poweroff' | 'reset' | 'discard' | null
}

/** Every action with its call, in the order of the menus. */
export const VM_ACTIONS: readonly VmAction[] = [
  action('start', 'vm.start'),
  { ...action('startPaused', 'vm.start'), call: (vmId) => ({ command: 'vm.start', input: { vmId, paused: true } }) },
  {
    ...action('startFresh', 'vm.start', 'discard'),
    call: (vmId) => ({ command: 'vm.start', input: { vmId, discardSavedState: true } }),
  },
  action('resume', 'vm.resume'),
  action('pause', 'vm.pause'),
  action('shutdown', 'vm.shutdown'),
  action('reboot', 'vm.reboot'),
  action('save', 'vm.save'),
  action('poweroff', 'vm.poweroff', 'poweroff'),
  action('reset', 'vm.reset', 'reset'),
  {
    ...action('autostartOn', 'vm.autostart'),
    call: (vmId) => ({ command: 'vm.autostart', input: { vmId, enabled: true } }),
  },
  {
    ...action('autostartOff', 'vm.autostart'),
    call: (vmId) => ({ command: 'vm.autostart', input: { vmId, enabled: false } }),
  },
]

function action(
  id: VmActionId,
  command: Exclude<VmCommand, 'vm.autostart'> | 'vm.autostart',
  confirm: VmAction['confirm'] = null,
): VmAction {
  return { id, command, confirm, call: (vmId) => ({ command, input: { vmId } }) as ProposedCall }
}

/** Whether an action stands in the menu of these VMs at all; whether it may run is the engine's verdict. Pure. */
export function isOffered(id: VmActionId, vms: readonly Pick<Vm, 'autostart' | 'hasManagedSave'>[]): boolean {
  if (id === 'startFresh') return vms.some(({ hasManagedSave }) => hasManagedSave)
  if (id === 'autostartOn') return vms.some(({ autostart }) => !autostart)
  if (id === 'autostartOff') return vms.some(({ autostart }) => autostart)
  return true
}

/** The question to ask before an action, if any. Throwing a saved state away is asked whatever the settings say. Pure. */
export function questionOf(action: VmAction, settings: Pick<Settings, 'confirmForcedActions'>): VmAction['confirm'] {
  return action.confirm === 'discard' || settings.confirmForcedActions ? action.confirm : null
}
