import type { CommandName, ObjectReference, ParsedInput, Permission } from '../../shared/contract/index.ts'
import type { Subject } from '../../shared/domain/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from './model-snapshot.ts'

/** Who asks. It comes from the transport, never from a payload. */
export interface Identity {
  readonly user: string
  readonly role: string
  /** On the whole inventory. */
  readonly permissions: ReadonlySet<Permission>
  /** On single objects, and on all below them. Left out: none. */
  readonly grants?: readonly Grant[]
}

/** What somebody may do on an object, and on all below it. */
export interface Grant {
  readonly object: ObjectReference
  readonly permissions: ReadonlySet<Permission>
}

/** What every command has. `validate` is pure: it is also asked without running anything, so that a disabled button can say why. */
export interface HandlerBase<N extends CommandName> {
  readonly name: N
  /** What the audit and the task list say it is about. `ids`: those that were made for what an operation makes; none before it is accepted. */
  readonly subject: (snapshot: ModelSnapshot, input: ParsedInput<N>, ids?: Readonly<Record<string, string>>) => Subject
  /** `null`: it may run. Otherwise why not. No I/O, no clock but `snapshot.now`. */
  readonly validate: (snapshot: ModelSnapshot, input: ParsedInput<N>) => AppError | null
  /** Whether this person may run it with this input, beside the command's permission. No I/O: it is asked as `validate` is. */
  readonly authorize?: (identity: Identity, input: ParsedInput<N>) => AppError | null
  /** The same where it takes I/O to know: asked once, before the command runs. */
  readonly admit?: (identity: Identity, input: ParsedInput<N>, snapshot: ModelSnapshot) => Promise<AppError | null>
  /** Facts for the audit line; never secrets. Default: none. */
  readonly auditParams?: (input: ParsedInput<N>) => Readonly<Record<string, string | number | boolean>>
}
