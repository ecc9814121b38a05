import { z } from 'zod'
import { subjectSchema } from './ids.ts'
import { wireErrorSchema } from './problem.ts'

/** What can stand in the trail, in the past tense; the text of each is `events.<kind>` in the catalogs. */
export const eventKindSchema = z.enum([
  'command.succeeded',
  /** What only asks a guest: it is done when an event of the machine says so. */
  'command.asked',
  /** The guest has not done it in its time. */
  'command.unanswered',
  'command.failed',
  'command.cancelled',
  /** It was interrupted, and nobody knows whether it took effect. */
  'command.left-unknown',
  /** It could not be undone to the end; what is left is listed. */
  'operation.left-behind',
  /** A person ended it as it stood. */
  'operation.abandoned',
  'task.left-unknown',
  'host.connected',
  'host.disconnected',
  'host.refused',
  'host.shell-opened',
  'host.shell-closed',
  /** Another machine answers than the one that was known. */
  'host.drifted',
  /** No host has reached it for too long. */
  'storage.lost',
  'storage.regained',
  /** By itself, as no host reached the former one. */
  'storage.master-elected',
  /** Another host of a datacenter manages its storage now. */
  'storage.manager-changed',
  'vm.defined',
  'vm.undefined',
  'vm.started',
  'vm.resumed',
  'vm.paused',
  'vm.stopped',
  'vm.crashed',
  'vm.rebooted',
  'vm.saved',
  'vm.migrated',
  'vm.changed',
  /** It was changed while nobody looked, or so that no event told of it. */
  'vm.drifted',
  'vm.io-error',
  'vm.watchdog',
  'vm.agent-connected',
  'vm.agent-disconnected',
])
export type EventKind = z.infer<typeof eventKindSchema>

/** One line of the audit trail. */
export const auditEventSchema = z.object({
  /** Ascending: a later event has the greater id (as a string of digits). */
  id: z.string(),
  at: z.number(),
  kind: eventKindSchema,
  severity: z.enum(['info', 'warning', 'error']),
  subject: subjectSchema,
  /** Where its subject was then; null where that is on no host, or not known. */
  hostId: z.string().nullable().default(null),
  /** Who did it; null for what happened on a host without us. */
  user: z.string().nullable(),
  command: z.string().nullable(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  error: wireErrorSchema.nullable(),
  correlationId: z.string().nullable(),
})
export type AuditEvent = z.infer<typeof auditEventSchema>

/** How many lines a page of the trail has, and how many the topic `events` shows. */
export const EVENTS_PER_PAGE = 500

/** A page of older lines, newest first. */
export const eventPageSchema = z.object({
  /** The topic's key. */
  id: z.string(),
  events: z.array(auditEventSchema),
  /** The id before which older ones lie; null: these are the oldest. */
  next: z.string().nullable(),
})
export type EventPage = z.infer<typeof eventPageSchema>
