import { z } from 'zod'
import { hostIdSchema } from '../domain/index.ts'
import { defineCommand } from './define-command.ts'
import { batchOutcomeSchema } from './vm-commands.ts'

const hostInput = z.object({ hostId: hostIdSchema })
const theHost = ({ hostId }: { readonly hostId: string }) => [{ kind: 'host', id: hostId }] as const
/** `hostIds` in place of `hostId`: one task with a row for each host. */
const manyHosts = { field: 'hostId', list: 'hostIds' } as const

export const hostMaintenance = defineCommand({
  name: 'host.maintenance',
  summary:
    'Takes a host out of use: no VM is started on it until it is activated, and those that run there migrate to other hosts of its cluster.',
  input: hostInput.extend({
    /** Shown to whoever wonders why. */
    reason: z
      .string()
      .trim()
      .max(500)
      .transform((reason) => (reason === '' ? null : reason))
      .nullable()
      .default(null),
    /**
     * What becomes of running VMs that no other host can take: with `refuse` the host stays in use, with `leave` they run on, and the host
     * is in maintenance once they are gone.
     */
    unmovable: z.enum(['refuse', 'leave']).default('refuse'),
  }),
  output: batchOutcomeSchema,
  permission: 'host.manage',
  kind: 'task',
  objects: theHost,
  batch: manyHosts,
})

export const hostActivate = defineCommand({
  name: 'host.activate',
  summary: 'Takes a host into use again, and ends the wait for one that was rebooted or shut down.',
  input: hostInput.extend({
    /** Migrate the VMs back that its maintenance moved away, as far as they run in its cluster. */
    bringBack: z.boolean().default(false),
  }),
  output: batchOutcomeSchema,
  permission: 'host.manage',
  kind: 'task',
  objects: theHost,
  batch: manyHosts,
})

const powerInput = hostInput.extend({
  /** Also while VMs run there. What becomes of them is the host’s own affair: mostly they are cut off. */
  withRunningVms: z.boolean().default(false),
})

export const hostReboot = defineCommand({
  name: 'host.reboot',
  summary: 'Reboots a host over SSH and waits until it is back. Refused while VMs run there unless withRunningVms.',
  input: powerInput,
  output: batchOutcomeSchema,
  permission: 'host.power',
  kind: 'task',
  objects: theHost,
  batch: manyHosts,
})

export const hostShutdown = defineCommand({
  name: 'host.shutdown',
  summary:
    'Shuts a host down over SSH and waits until it is silent. Refused while VMs run there unless withRunningVms.',
  input: powerInput,
  output: batchOutcomeSchema,
  permission: 'host.power',
  kind: 'task',
  objects: theHost,
  batch: manyHosts,
})

export const hostShell = defineCommand({
  name: 'host.shell',
  summary: 'Makes a ticket for one shell on a host, as the user who signs in there: single use, valid 30 s.',
  input: hostInput.extend({
    columns: z.number().int().min(1).max(1_000).default(80),
    rows: z.number().int().min(1).max(1_000).default(24),
  }),
  output: z.object({
    ticket: z.string(),
    /** `/console/<ticket>`: a WebSocket with binary messages; see `encodeShellInput`. */
    path: z.string(),
    expiresAt: z.number(),
  }),
  permission: 'host.shell',
  kind: 'instant',
  objects: theHost,
})

export const hostRemove = defineCommand({
  name: 'host.remove',
  summary:
    'Forgets a host that is in maintenance or cannot be reached. Nothing changes on the host itself; its VMs run on.',
  input: hostInput,
  output: batchOutcomeSchema,
  permission: 'host.delete',
  kind: 'task',
  objects: theHost,
  batch: manyHosts,
})
