import { z } from 'zod'
import { vmIdSchema } from '../domain/index.ts'
import { defineCommand } from './define-command.ts'

const vmInput = z.object({ vmId: vmIdSchema })
const nothing = z.object({})
const vmLock = (input: { readonly vmId: string }) => [`vm:${input.vmId}`] as const

export const vmStart = defineCommand({
  name: 'vm.start',
  summary: 'Starts a VM; one that was saved goes on where it was.',
  input: vmInput.extend({
    /** Leave it paused before its first instruction. */
    paused: z.boolean().default(false),
    /** Throw a saved state away and boot anew. */
    discardSavedState: z.boolean().default(false),
  }),
  output: nothing,
  permission: 'vm.run',
  kind: 'task',
  locks: vmLock,
})

export const vmShutdown = defineCommand({
  name: 'vm.shutdown',
  summary: 'Asks the guest to shut down (agent where it is connected, else ACPI).',
  input: vmInput,
  output: nothing,
  permission: 'vm.run',
  kind: 'instant',
  locks: vmLock,
})

export const vmPoweroff = defineCommand({
  name: 'vm.poweroff',
  summary: 'Cuts the power at once. The guest is not asked.',
  input: vmInput,
  output: nothing,
  permission: 'vm.run',
  kind: 'instant',
  locks: vmLock,
})

export const vmReboot = defineCommand({
  name: 'vm.reboot',
  summary: 'Asks the guest to reboot (agent where it is connected, else ACPI).',
  input: vmInput,
  output: nothing,
  permission: 'vm.run',
  kind: 'instant',
  locks: vmLock,
})

export const vmReset = defineCommand({
  name: 'vm.reset',
  summary: 'Resets the machine at once, as its reset button would.',
  input: vmInput,
  output: nothing,
  permission: 'vm.run',
  kind: 'instant',
  locks: vmLock,
})

export const vmPause = defineCommand({
  name: 'vm.pause',
  summary: 'Stops the vCPUs; memory stays on the host.',
  input: vmInput,
  output: nothing,
  permission: 'vm.run',
  kind: 'instant',
  locks: vmLock,
})

export const vmResume = defineCommand({
  name: 'vm.resume',
  summary: 'Lets a paused VM run on; wakes a sleeping one.',
  input: vmInput,
  output: nothing,
  permission: 'vm.run',
  kind: 'instant',
  locks: vmLock,
})

export const vmSave = defineCommand({
  name: 'vm.save',
  summary: 'Writes the memory to the host’s disk and stops; the next start goes on from there.',
  input: vmInput,
  output: nothing,
  permission: 'vm.run',
  kind: 'task',
  locks: vmLock,
})

export const vmAutostart = defineCommand({
  name: 'vm.autostart',
  summary: 'Sets whether the host starts the VM when it boots.',
  input: vmInput.extend({ enabled: z.boolean() }),
  output: nothing,
  permission: 'vm.edit',
  kind: 'instant',
  locks: vmLock,
})
