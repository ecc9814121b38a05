import { z } from 'zod'
import { vmIdSchema } from '../domain/index.ts'
import { defineCommand } from './define-command.ts'
import { batchOutcomeSchema } from './vm-commands.ts'

/* What the agent in a guest is asked to do. */

const vmInput = z.object({ vmId: vmIdSchema })
const theVm = ({ vmId }: { readonly vmId: string }) => [{ kind: 'vm', id: vmId }] as const
const manyVms = { field: 'vmId', list: 'vmIds' } as const
const OUTPUT_LIMIT = 1024 * 1024
/** Of an account in the guest, Windows included. */
const accountSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(/^\P{Cc}+$/u)

export const vmGuestTime = defineCommand({
  name: 'vm.guest-time',
  summary: 'Sets the clock of the guest to the engine’s, by its agent: it is late after a pause or a saved state.',
  input: vmInput,
  output: batchOutcomeSchema,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmGuestFreeze = defineCommand({
  name: 'vm.guest-freeze',
  summary: 'Has the guest write what it holds and stop writing to its file systems, until vm.guest-thaw.',
  input: vmInput,
  output: batchOutcomeSchema,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmGuestThaw = defineCommand({
  name: 'vm.guest-thaw',
  summary: 'Lets the guest write to its file systems again.',
  input: vmInput,
  output: batchOutcomeSchema,
  permission: 'vm.run',
  kind: 'task',
  objects: theVm,
  batch: manyVms,
})

export const vmGuestPassword = defineCommand({
  name: 'vm.guest-password',
  summary: 'Sets the password of an account in the guest, by its agent.',
  input: vmInput.extend({
    user: accountSchema,
    password: z.string().min(1).max(1_024),
    /** It is a hash as the guest stores it (/etc/shadow). */
    hashed: z.boolean().default(false),
  }),
  output: batchOutcomeSchema,
  permission: 'vm.guest-exec',
  kind: 'task',
  objects: theVm,
  secrets: ['password'],
})

export const vmGuestExec = defineCommand({
  name: 'vm.guest-exec',
  summary: 'Runs a program in the guest as its agent does (root, or SYSTEM), and gives back what it printed.',
  input: vmInput.extend({
    /** No shell: a path, and its arguments one by one. */
    path: z.string().min(1).max(4_096),
    arguments: z.array(z.string().max(32_768)).max(256).default([]),
    /** What it reads. */
    input: z.string().max(65_536).optional(),
    /** After that nobody waits any more; the program goes on. */
    timeoutSeconds: z.number().int().min(1).max(600).default(60),
  }),
  output: z.object({
    /** Null: a signal ended it. */
    exitCode: z.number().int().nullable(),
    signal: z.number().int().nullable(),
    stdout: z.string().max(OUTPUT_LIMIT),
    stderr: z.string().max(OUTPUT_LIMIT),
    /** The agent cuts what is too long. */
    isCut: z.boolean(),
  }),
  permission: 'vm.guest-exec',
  kind: 'instant',
  objects: theVm,
  secrets: ['arguments', 'input'],
})
