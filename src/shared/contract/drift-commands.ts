import { z } from 'zod'
import { defineCommand } from './define-command.ts'

/** Most that one call accepts. */
const ACCEPT_LIMIT = 5_000

export const driftAccept = defineCommand({
  name: 'drift.accept',
  summary: 'Takes what is on a host as known, though it was not changed here. Nothing changes on the host.',
  input: z.object({
    drifts: z
      .array(
        z.object({
          /** As the topic `drifts` has it. */
          id: z.string().min(1).max(128),
          /** Of the version that was looked at: with it, one that came meanwhile is not accepted unseen. */
          revision: z.string().max(64).optional(),
        }),
      )
      .min(1)
      .max(ACCEPT_LIMIT),
  }),
  output: z.object({ accepted: z.number().int() }),
  permission: 'host.edit',
  kind: 'instant',
  objects: ({ drifts }) =>
    [...new Set(drifts.map(({ id }) => id.split('@').at(-1) ?? id))].map((id) => ({ kind: 'host', id })),
})
