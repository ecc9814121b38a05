import { z } from 'zod'
import type { Subject } from '../domain/index.ts'

/** What a person must be allowed to do. Named after oVirt's action groups. */
export const PERMISSIONS = [
  /** To see what there is, and how it is. */
  'inventory.view',
  'datacenter.create',
  'datacenter.edit',
  'datacenter.delete',
  'cluster.create',
  'cluster.edit',
  'cluster.delete',
  'host.create',
  'host.edit',
  'host.delete',
  'host.manage',
  'host.power',
  /** A shell there as the user who signs in: whoever has it can do on the host whatever that user can. */
  'host.shell',
  /** Beside those: to name key files and aliases of ssh_config, which are those of the account that runs the engine. */
  'host.server-files',
  'storage.create',
  'storage.edit',
  'storage.delete',
  'storage.manage',
  'disk.create',
  'disk.edit',
  'disk.delete',
  'disk.transfer',
  'network.create',
  'network.edit',
  'network.delete',
  /** What NICs, bonds, VLANs, bridges and addresses a host has. */
  'network.setup-host',
  'vm.create',
  'vm.delete',
  'vm.run',
  'vm.edit',
  'vm.snapshot',
  'vm.backup',
  /** To do in the guest what its agent can: whoever has it is root there. */
  'vm.guest-exec',
  'vm.migrate',
  'vm.console',
  'template.create',
  'template.edit',
  'template.delete',
  'task.manage',
  'settings.edit',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** What a command or a topic is about. A permission on the object, or on one above it, is asked for. */
export interface ObjectReference {
  readonly kind: Subject['kind']
  readonly id: string
}

/** What is about the inventory as a whole. */
export const theSystem: ObjectReference = { kind: 'system', id: 'system' }

export interface CommandSpec<
  Name extends string,
  Input extends z.ZodObject,
  Output extends z.ZodType,
  Kind extends 'instant' | 'task',
  Batch extends BatchSpec | undefined,
> {
  readonly name: Name
  readonly input: Input
  readonly output: Output
  readonly permission: Permission
  /** `instant` answers at once; `task` is an operation: planned, listed, stored, cancellable. */
  readonly kind: Kind
  /** What it acts on, as far as its input says it. */
  readonly objects: (input: z.output<Input>) => readonly ObjectReference[]
  /** One English sentence for the OpenAPI document and `--help`. */
  readonly summary: string
  /** For a task that can be done to many objects in one call. */
  readonly batch?: Batch
  /** Fields of the input that must never be stored with it. */
  readonly secrets?: readonly string[]
  /** False: it stores nothing, and may run while the inventory cannot be written. Default true. */
  readonly stores?: false
  /** Counted up when the input changes so that a stored one would mean something else. Default 1. */
  readonly inputVersion?: number
}

/** Instead of `field` the input may carry `list`: the command then runs once for each, as one task with a row each. */
export interface BatchSpec {
  readonly field: string
  readonly list: string
  /** Fields that are records by the list's items: each row is given its own entry of them, and not those of the others. */
  readonly byItem?: readonly string[]
}

/** Most objects that one call may name. */
const BATCH_LIMIT = 5_000

/** Declares a command: its wire shape, who may run it, and what it acts on. The handler lives in the engine's feature folder. */
export function defineCommand<
  const Name extends string,
  Input extends z.ZodObject,
  Output extends z.ZodType,
  const Kind extends 'instant' | 'task',
  const Batch extends BatchSpec | undefined = undefined,
>(spec: CommandSpec<Name, Input, Output, Kind, Batch>): CommandSpec<Name, Input, Output, Kind, Batch> {
  return spec
}

/** The input of a command that names many objects: `list` in place of `field`; null for a command that has no such form. */
export function batchInputOf(spec: {
  readonly input: z.ZodObject
  readonly batch?: BatchSpec | undefined
}): z.ZodObject | null {
  if (spec.batch === undefined) return null
  const { field, list } = spec.batch
  const one = spec.input.shape[field] as z.ZodType | undefined
  if (one === undefined) throw new Error(`a batch over ${field}, which the input does not have`)
  return z
    .object(Object.fromEntries(Object.entries(spec.input.shape).filter(([name]) => name !== field)))
    .extend({ [list]: z.array(one).min(1).max(BATCH_LIMIT) })
}
