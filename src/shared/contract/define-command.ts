import type { z } from 'zod'

/** What a person must be allowed to do. Named after oVirt's action groups. */
export type Permission =
  | 'host.create'
  | 'host.edit'
  | 'host.delete'
  | 'host.manage'
  | 'vm.run'
  | 'vm.edit'
  | 'vm.console'
  | 'task.manage'
  | 'settings.edit'

/** What is held while a command runs: `host:<id>`, `vm:<id>`, the list of `hosts`, the `settings`. Two commands with a common key wait for each other. */
export type LockKey = `host:${string}` | `vm:${string}` | 'hosts' | 'settings'

export interface CommandSpec<Name extends string, Input extends z.ZodType, Output extends z.ZodType> {
  readonly name: Name
  readonly input: Input
  readonly output: Output
  readonly permission: Permission
  /** `instant` answers at once; `task` is long work: listed, persisted, cancellable. */
  readonly kind: 'instant' | 'task'
  readonly locks: (input: z.output<Input>) => readonly LockKey[]
  /** One English sentence for the OpenAPI document and `--help`. */
  readonly summary: string
}

/** Declares a command: its wire shape, who may run it, and what it locks. The handler lives in the engine's feature folder. */
export function defineCommand<const Name extends string, Input extends z.ZodType, Output extends z.ZodType>(
  spec: CommandSpec<Name, Input, Output>,
): CommandSpec<Name, Input, Output> {
  return spec
}
