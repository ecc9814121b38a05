import { z } from 'zod'
import { settingsChangesSchema, settingsSchema, taskIdSchema, taskStatusSchema, vmIdSchema } from '../domain/index.ts'
import { defineCommand, theSystem } from './define-command.ts'

const theTask = ({ taskId }: { readonly taskId: string }) => [{ kind: 'task', id: taskId }] as const
const theOperation = ({ operationId }: { readonly operationId: string }) => [{ kind: 'task', id: operationId }] as const

export const taskCancel = defineCommand({
  name: 'task.cancel',
  summary: 'Asks a task to stop at its next cancellable point.',
  input: z.object({ taskId: taskIdSchema }),
  output: z.object({}),
  permission: 'task.manage',
  kind: 'instant',
  // Of work that goes on: the step that it stops at is stored as soon as that can be.
  stores: false,
  objects: theTask,
})

const operationInput = z.object({ operationId: taskIdSchema })

export const operationRetry = defineCommand({
  name: 'operation.retry',
  summary:
    'Asks the hosts of an open operation again, now: what is unknown is looked at, what is left behind is undone.',
  input: operationInput,
  output: z.object({ status: taskStatusSchema }),
  permission: 'task.manage',
  kind: 'instant',
  objects: theOperation,
})

export const operationAbandon = defineCommand({
  name: 'operation.abandon',
  summary: 'Ends an open operation as it stands: nothing more is done, and its locks are released.',
  input: operationInput,
  output: z.object({}),
  permission: 'task.manage',
  kind: 'instant',
  objects: theOperation,
})

export const settingsSet = defineCommand({
  name: 'settings.set',
  summary: 'Changes some of the inventory’s settings; the others stay.',
  input: settingsChangesSchema,
  output: settingsSchema,
  permission: 'settings.edit',
  kind: 'instant',
  objects: () => [theSystem],
})

export const consoleViewer = defineCommand({
  name: 'console.viewer',
  summary:
    'Opens a door on a loopback port of this computer for one VNC viewer: it is shut when one is in, or after a minute. Only where the engine runs at one’s own desk.',
  input: z.object({ vmId: vmIdSchema }),
  output: z.object({
    /** On 127.0.0.1. */
    port: z.number().int(),
    /** For this door only. */
    password: z.string(),
    /** A connection file of virt-viewer. */
    file: z.string(),
    expiresAt: z.number(),
  }),
  permission: 'vm.console',
  kind: 'instant',
  stores: false,
  objects: ({ vmId }) => [{ kind: 'vm', id: vmId }],
})

export const consoleOpen = defineCommand({
  name: 'console.open',
  summary: 'Makes a ticket for one console connection: single use, bound to user and VM, valid 30 s.',
  input: z.object({
    vmId: vmIdSchema,
    kind: z.enum(['graphics', 'serial']),
    /** Alias of the serial port ("serial1"); null: the first that can be opened. */
    port: z.string().max(256).nullable().default(null),
    /** Take a serial console that somebody else has open. */
    force: z.boolean().default(false),
  }),
  output: z.object({
    ticket: z.string(),
    /** `/console/<ticket>`: a WebSocket with binary frames. */
    path: z.string(),
    /** What speaks on it: `vnc` (RFB bytes, already authenticated if `authenticated`) or `serial` (terminal bytes). */
    protocol: z.enum(['vnc', 'serial']),
    expiresAt: z.number(),
  }),
  permission: 'vm.console',
  kind: 'instant',
  stores: false,
  objects: ({ vmId }) => [{ kind: 'vm', id: vmId }],
})
