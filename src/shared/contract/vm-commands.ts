import { z } from 'zod'
import {
  bootOrderSchema,
  diskIdSchema,
  diskLimitsSchema,
  diskUseShape,
  filterNameSchema,
  hostIdSchema,
  keysSchema,
  lunIdSchema,
  macAddressSchema,
  memoryRequestSchema,
  TAGS_LIMIT,
  taskStatusSchema,
  vmCdromSpecSchema,
  vmCreateRequestSchema,
  vmDeviceNameSchema,
  vmDeviceSpecSchema,
  vmEditSchema,
  vmFolderSchema,
  vmIdSchema,
  vmKernelSpecSchema,
  vmNameSchema,
  vmNicSpecSchema,
  vmTagSchema,
  vnicQosSchema,
  wireErrorSchema,
} from '../domain/index.ts'
import { defineCommand } from './define-command.ts'

/** What became of one object of a batch. */
export const rowOutcomeSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: taskStatusSchema,
  error: wireErrorSchema.nullable(),
})

/** Characters; libvirt's own definitions have a few thousand. */
const XML_LIMIT = 1024 * 1024
const vmInput = z.object({ vmId: vmIdSchema })
const theVm = ({ vmId }: { readonly vmId: string }) => [{ kind: 'vm', id: vmId }] as const
/** `vmIds` in place of `vmId`: one task with a row for each VM. */
const manyVms = { field: 'vmId', list: 'vmIds' } as const
/** A batch answers with what became of each of its objects. */
export const batchOutcomeSchema = z.object({ rows: z.array(rowOutcomeSchema).optional() })
const outcome = batchOutcomeSchema

export const vmCreate = defineCommand({
  name: 'vm.create',
  summary: 'Creates a VM with its disks on a host of the cluster that can run it, and starts it where asked.',
  input: vmCreateRequestSchema,
  output: z.object({ vmId: vmIdSchema }),
  permission: 'vm.create',
  kind: 'task',
  objects: ({ clusterId }) => [{ kind: 'cluster', id: clusterId }],
  secrets: ['cloudInit'],
})

export const vmImportXml = defineCommand({
  name: 'vm.import-xml',
  summary:
    'Makes a VM on a host of what `virsh dumpxml` prints: UUID and MAC addresses are new where they are taken. Its disks are those that it names.',
  input: z.object({
    hostId: hostIdSchema,
    xml: z.string().max(XML_LIMIT),
    /** Default: as in the XML. */
    name: vmNameSchema.optional(),
  }),
  output: z.object({ vmId: vmIdSchema }),
  permission: 'vm.create',
  kind: 'task',
  objects: ({ hostId }) => [{ kind: 'host', id: hostId }],
  secrets: ['xml'],
})

export const vmRemove = defineCommand({
  name: 'vm.remove',
  summary: 'Removes a VM that is down, with everything that belongs to it alone; its disks only where asked.',
  input: vmInput.extend({
    /** Else they stay, registered, and belong to no machine. */
    removeDisks: z.boolean().default(false),
  }),
  output: outcome,
  permission: 'vm.delete',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmStart = defineCommand({
  name: 'vm.start',
  summary: 'Starts a VM; one that was saved goes on where it was.',
  input: vmInput.extend({
    /** Leave it paused before its first instruction. */
    paused: z.boolean().default(false),
    /** Throw a saved state away and boot anew. */
    discardSavedState: z.boolean().default(false),
    /** Another host of its cluster: its definition moves there first. */
    hostId: hostIdSchema.optional(),
    /** A person knows that its host, which cannot be asked, is off: it is started elsewhere whatever its storage says of locks. */
    confirmed: z.boolean().default(false),
  }),
  output: outcome,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmRunOnce = defineCommand({
  name: 'vm.run-once',
  summary: 'Starts a VM that is down with other values for this run only. Its definition stays as it is.',
  input: vmInput.extend({
    /** What it boots from, in turn; what is not named does not boot. */
    boot: bootOrderSchema.optional(),
    bootMenu: z.boolean().optional(),
    /** Null: an empty drive. */
    cdrom: vmCdromSpecSchema.optional(),
    kernel: vmKernelSpecSchema.optional(),
    paused: z.boolean().default(false),
  }),
  output: outcome,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
})

export const vmChangeCd = defineCommand({
  name: 'vm.change-cd',
  summary: 'Puts another medium into the drive of a VM, now where it runs, and for its next start.',
  input: vmInput.extend({
    /** Null: none. */
    diskId: diskIdSchema.nullable(),
    /** Also where the guest has locked the tray. */
    force: z.boolean().default(false),
  }),
  output: outcome,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
})

export const vmShutdown = defineCommand({
  name: 'vm.shutdown',
  summary: 'Asks the guest to shut down (agent where it is connected, else ACPI).',
  input: vmInput.extend({
    /** When it is not down after so many minutes, that is told. */
    waitMinutes: z.number().int().min(1).max(30).default(5),
  }),
  output: outcome,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmPoweroff = defineCommand({
  name: 'vm.poweroff',
  summary: 'Cuts the power at once. The guest is not asked.',
  input: vmInput,
  output: outcome,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmReboot = defineCommand({
  name: 'vm.reboot',
  summary: 'Asks the guest to reboot (agent where it is connected, else ACPI).',
  input: vmInput,
  output: outcome,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmReset = defineCommand({
  name: 'vm.reset',
  summary: 'Resets the machine at once, as its reset button would.',
  input: vmInput,
  output: outcome,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmNmi = defineCommand({
  name: 'vm.nmi',
  summary: 'Injects a non-maskable interrupt: most systems then write a dump of their memory, and crash.',
  input: vmInput,
  output: outcome,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmSendKeys = defineCommand({
  name: 'vm.send-keys',
  summary: 'Presses keys of the machine’s keyboard together, as ctrl+alt+delete. No console needs to be open.',
  input: vmInput.extend({
    /** Names joined by "+": letters, digits, f1 to f12, ctrl, alt, shift, super, altgr, sysrq, enter, esc, tab, delete, up, … */
    keys: keysSchema,
    /** For how long. */
    holdMs: z.number().int().min(1).max(10_000).default(100),
  }),
  output: outcome,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmPause = defineCommand({
  name: 'vm.pause',
  summary: 'Stops the vCPUs; memory stays on the host.',
  input: vmInput,
  output: outcome,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmResume = defineCommand({
  name: 'vm.resume',
  summary: 'Lets a paused VM run on; wakes a sleeping one.',
  input: vmInput,
  output: outcome,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmSave = defineCommand({
  name: 'vm.save',
  summary: 'Writes the memory to the host’s disk and stops; the next start goes on from there.',
  input: vmInput,
  output: outcome,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmAutostart = defineCommand({
  name: 'vm.autostart',
  summary: 'Sets whether the host starts the VM when it boots.',
  input: vmInput.extend({ enabled: z.boolean() }),
  output: outcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmEdit = defineCommand({
  name: 'vm.edit',
  summary: 'Changes a VM’s settings: at once where it runs and that is possible, else for its next start.',
  input: vmEditSchema.extend({ vmId: vmIdSchema }),
  output: outcome.extend({
    /** What was not applied to the running VM, by the names of the input: it waits for the next start. */
    waiting: z.array(z.string()).optional(),
  }),
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmEditXml = defineCommand({
  name: 'vm.edit-xml',
  summary:
    'Puts a definition in the place of a VM’s stored one: it is checked by the host, and takes effect at the next start.',
  input: vmInput.extend({
    /** As `vm.stored-xml` gives it, with changes. */
    xml: z.string().max(XML_LIMIT),
    /** The revision that was changed; another one meanwhile refuses it. */
    revision: z.string().max(64).optional(),
  }),
  output: outcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
  secrets: ['xml'],
})

export const vmLabel = defineCommand({
  name: 'vm.label',
  summary: 'Gives VMs tags, takes tags from them, and puts them into a folder. It lies in their definitions.',
  input: vmInput.extend({
    add: z.array(vmTagSchema).max(TAGS_LIMIT).default([]),
    /** Whatever their case. */
    remove: z.array(vmTagSchema).max(TAGS_LIMIT).default([]),
    /** "Customers/Acme". Null: out of its folder. Left out: as it is. */
    folder: vmFolderSchema.nullable().optional(),
  }),
  output: outcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmDiscardPending = defineCommand({
  name: 'vm.discard-pending',
  summary: 'Makes the stored definition of a running VM what it runs with: nothing waits for its next start any more.',
  input: vmInput,
  output: outcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

const deviceOutcome = outcome.extend({
  /** Whether it waits for the next start: the guest, or libvirt, did not take it while the VM runs. */
  waiting: z.boolean().optional(),
  /** What libvirt said, where it refused. */
  reason: z.string().optional(),
})
const { boot: _boot, ...attachUseShape } = diskUseShape

/** As the VM calls it: "vdb". */
const diskTargetSchema = z
  .string()
  .trim()
  .regex(/^[a-z]{2,8}$/, 'a target such as vdb')

export const vmAttachDisk = defineCommand({
  name: 'vm.attach-disk',
  summary:
    'Gives a VM a disk that is there, or a whole LUN that its host sees: at once where it runs, and for its next starts.',
  input: vmInput
    .extend({
      diskId: diskIdSchema.optional(),
      /** In place of a disk. */
      lunId: lunIdSchema.optional(),
      ...attachUseShape,
    })
    .refine(({ diskId, lunId }) => (diskId === undefined) !== (lunId === undefined), {
      path: ['diskId'],
      error: 'name either a disk or a LUN',
    }),
  output: deviceOutcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
})

export const vmDetachDisk = defineCommand({
  name: 'vm.detach-disk',
  summary:
    'Takes a disk from a VM, which stays as it is: at once where the guest lets go of it, and for its next starts.',
  input: vmInput.extend({
    target: diskTargetSchema,
  }),
  output: deviceOutcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
})

export const vmLimitDisk = defineCommand({
  name: 'vm.limit-disk',
  summary: 'Says how much a VM may do to one of its disks each second: at once where it runs, and for its next starts.',
  input: vmInput.extend({ target: diskTargetSchema, limits: diskLimitsSchema }),
  output: deviceOutcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
})

export const vmAddNic = defineCommand({
  name: 'vm.add-nic',
  summary: 'Gives a VM one more network card: at once where it runs, and for its next starts.',
  input: vmInput.extend({ nic: vmNicSpecSchema }),
  output: deviceOutcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
})

export const vmEditNic = defineCommand({
  name: 'vm.edit-nic',
  summary:
    'Plugs a network card of a VM into another network, its cable in or out, or limits its traffic: at once where it runs, and for its next starts.',
  input: vmInput.extend({
    macAddress: macAddressSchema,
    linkUp: z.boolean().optional(),
    /** What it is plugged into, with what a vNIC profile asks for; its `macAddress`, `model` and `linkUp` mean nothing here. */
    network: vmNicSpecSchema.optional(),
    /** Limits of its traffic; a vNIC profile brings its own. */
    qos: vnicQosSchema.optional(),
    /** Name of a libvirt network filter, null for none; a vNIC profile brings its own. */
    filter: filterNameSchema.nullable().optional(),
  }),
  output: deviceOutcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
})

export const vmSyncNics = defineCommand({
  name: 'vm.sync-nics',
  summary:
    'Makes the network cards of VMs what their vNIC profiles say now: at once where libvirt can, and for their next starts.',
  input: vmInput,
  output: deviceOutcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmRemoveNic = defineCommand({
  name: 'vm.remove-nic',
  summary: 'Takes a network card from a VM: at once where the guest lets go of it, and for its next starts.',
  input: vmInput.extend({ macAddress: macAddressSchema }),
  output: deviceOutcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
})

export const vmAttachDevice = defineCommand({
  name: 'vm.attach-device',
  summary:
    'Gives a VM memory, a watchdog, random numbers, USB redirection, or a device of its host: at once where it runs, and for its next starts.',
  input: vmInput.extend({ device: vmDeviceSpecSchema }),
  output: deviceOutcome.extend({
    /** What it is called from now on. */
    device: z.string().optional(),
  }),
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
})

export const vmDetachDevice = defineCommand({
  name: 'vm.detach-device',
  summary: 'Takes such a device from a VM: at once where the guest lets go of it, and for its next starts.',
  input: vmInput.extend({
    /** Its name in `vm.devices`. */
    device: vmDeviceNameSchema,
  }),
  output: deviceOutcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
})

export const vmResizeDevice = defineCommand({
  name: 'vm.resize-device',
  summary: 'Says how much of its virtio-mem a VM is given: at once where it runs, and for its next starts.',
  input: vmInput.extend({ device: vmDeviceNameSchema, requestedMiB: memoryRequestSchema }),
  output: deviceOutcome,
  permission: 'vm.edit',
  kind: 'task',
  objects: theVm,
})
