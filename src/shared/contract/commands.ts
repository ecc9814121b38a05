import type { z } from 'zod'
import { hostAdd, hostCheckCommand, hostEdit, hostReconnect, hostRemove } from './host-commands.ts'
import { consoleOpen, settingsSet, taskCancel } from './other-commands.ts'
import {
  vmAutostart,
  vmPause,
  vmPoweroff,
  vmReboot,
  vmReset,
  vmResume,
  vmSave,
  vmShutdown,
  vmStart,
} from './vm-commands.ts'

/** Every change that can be made, by its name. The engine's handlers are a mapped type over this: a missing one does not compile. */
export const commands = {
  'host.add': hostAdd,
  'host.check': hostCheckCommand,
  'host.edit': hostEdit,
  'host.remove': hostRemove,
  'host.reconnect': hostReconnect,
  'vm.start': vmStart,
  'vm.shutdown': vmShutdown,
  'vm.poweroff': vmPoweroff,
  'vm.reboot': vmReboot,
  'vm.reset': vmReset,
  'vm.pause': vmPause,
  'vm.resume': vmResume,
  'vm.save': vmSave,
  'vm.autostart': vmAutostart,
  'console.open': consoleOpen,
  'task.cancel': taskCancel,
  'settings.set': settingsSet,
} as const

export type Commands = typeof commands
export type CommandName = keyof Commands
/** What a client sends: defaults not filled in yet. */
export type CommandInput<N extends CommandName> = z.input<Commands[N]['input']>
/** What a handler gets: parsed, defaults filled in. */
export type ParsedInput<N extends CommandName> = z.output<Commands[N]['input']>
export type CommandOutput<N extends CommandName> = z.output<Commands[N]['output']>

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name)
}
