import type { CommandInput, CommandOutput } from '../../../../shared/contract/index.ts'
import { AppError, toWireError } from '../../../../shared/errors/index.ts'
import { addNotice, type DialogCommand, useDialogCommand } from '../../../stores/index.ts'

type DeviceCommand =
  | 'vm.attach-disk'
  | 'vm.detach-disk'
  | 'vm.limit-disk'
  | 'vm.add-nic'
  | 'vm.edit-nic'
  | 'vm.remove-nic'
  | 'vm.attach-device'
  | 'vm.detach-device'
  | 'vm.resize-device'

/** A change of a machine's device that a dialog makes. Where libvirt does not take it while the machine runs, its reason is told. */
export function useDeviceCommand<N extends DeviceCommand>(command: N, name: string): DialogCommand<N> {
  const asked = useDialogCommand(command, name)
  return {
    ...asked,
    run: async (input: CommandInput<N>) => {
      const output = await asked.run(input)
      const said = output as CommandOutput<DeviceCommand> | null
      if (said?.waiting === true && said.reason !== undefined) {
        const error = toWireError(new AppError('vm.waits-for-start', { name, message: said.reason }))
        addNotice({ command, subject: name, error })
      }
      return output
    },
  }
}
