import { z } from 'zod'
import type { CommandInput } from '../../../shared/contract/index.ts'
import { type Host, isJumpHost } from '../../../shared/domain/index.ts'
import type { ErrorCode, WireError } from '../../../shared/errors/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

/** How to sign in, as a person types it. Messages are catalog keys. */
export const signInFields = {
  user: z.string().trim().max(255, 'hosts:form.tooLong'),
  port: z.string().trim().regex(/^\d*$/, 'hosts:form.portWrong'),
  jumpHost: z.string().trim().max(1_024, 'hosts:form.tooLong'),
  authentication: z.enum(['agent', 'key', 'password']),
  privateKeyPath: z.string().trim().max(4_096, 'hosts:form.tooLong'),
  passphrase: z.string().max(1_024, 'hosts:form.tooLong'),
  password: z.string().max(1_024, 'hosts:form.tooLong'),
  libvirtMode: z.enum(['system', 'session']),
}

/** What is wrong with those beside each other. */
export function checkSignIn(
  form: Pick<ReachForm, 'port' | 'jumpHost' | 'authentication' | 'privateKeyPath' | 'password'>,
  addIssue: (issue: { code: 'custom'; path: [keyof ReachForm]; message: string }) => void,
): void {
  const wrong = (field: keyof ReachForm, message: string) => addIssue({ code: 'custom', path: [field], message })
  if (form.port !== '' && (Number(form.port) < 1 || Number(form.port) > 65_535)) wrong('port', 'hosts:form.portWrong')
  if (form.jumpHost !== '' && !isJumpHost(form.jumpHost)) wrong('jumpHost', 'hosts:form.jumpHostWrong')
  if (form.authentication === 'key' && form.privateKeyPath === '') wrong('privateKeyPath', 'hosts:form.keyMissing')
  if (form.authentication === 'password' && form.password === '') wrong('password', 'hosts:form.passwordMissing')
}

/** The fields of the dialogs for one host. */
export const reachFormSchema = z
  .object({
    address: z.string().trim().min(1, 'hosts:form.addressMissing').max(253, 'hosts:form.tooLong'),
    name: z.string().trim().max(64, 'hosts:form.tooLong'),
    ...signInFields,
  })
  .superRefine((form, context) => checkSignIn(form, context.addIssue))
export interface ReachForm extends z.infer<z.ZodObject<typeof signInFields>> {
  readonly address: string
  readonly name: string
}

export const EMPTY_REACH_FORM: ReachForm = {
  address: '',
  name: '',
  user: '',
  port: '',
  jumpHost: '',
  authentication: 'agent',
  privateKeyPath: '',
  passphrase: '',
  password: '',
  libvirtMode: 'system',
}

/** What must not be kept when the dialog is closed. */
export const SECRET_FIELDS = ['passphrase', 'password'] as const satisfies readonly (keyof ReachForm)[]

/** Which SSH server a form leads to, as far as the form says: a key that was confirmed there is that server's. Pure. */
export function targetOf({ address, port }: Pick<ReachForm, 'address' | 'port'>): string {
  return `${address.trim().toLowerCase()} ${port.trim()}`
}

/** A form without the blanks that come with what is pasted; in secrets they may be meant. */
function trimmed(form: ReachForm): ReachForm {
  return {
    ...form,
    address: form.address.trim(),
    name: form.name.trim(),
    user: form.user.trim(),
    port: form.port.trim(),
    jumpHost: form.jumpHost.trim(),
    privateKeyPath: form.privateKeyPath.trim(),
  }
}

/** A way to a host, as the engine takes it. */
export type ReachInput = CommandInput<'host.check'> & { readonly address: string }

/** A filled form as the input of host.check and host.add; empty fields are left out, so that ~/.ssh/config decides. Pure. */
export function toReach(typed: ReachForm, hostKey: string | null): ReachInput {
  const form = trimmed(typed)
  return {
    address: form.address,
    libvirtMode: form.libvirtMode,
    ...(form.port === '' ? {} : { port: Number(form.port) }),
    ...(form.user === '' ? {} : { user: form.user }),
    ...(form.jumpHost === '' ? {} : { jumpHost: form.jumpHost }),
    ...(form.authentication === 'key' ? { privateKeyPath: form.privateKeyPath } : {}),
    ...(form.authentication === 'key' && form.passphrase !== '' ? { passphrase: form.passphrase } : {}),
    ...(form.authentication === 'password' ? { password: form.password } : {}),
    ...(hostKey === null ? {} : { hostKey }),
  }
}

/**
 * What differs between a host and its filled form, as the input of host.edit. Emptied fields are as if they had never been
 * given; secrets are sent only when typed. Pure.
 */
export function toEdit(host: Host, typed: ReachForm, hostKey: string | null): CommandInput<'host.edit'> {
  const form = trimmed(typed)
  const port = form.port === '' ? null : Number(form.port)
  const keyPath = form.authentication === 'key' ? form.privateKeyPath : null
  // A host with a password may have a key beside it, which this form does not show.
  const sameWayIn =
    form.authentication === host.authentication && (form.authentication !== 'key' || keyPath === host.privateKeyPath)
  return {
    hostId: host.id,
    ...(form.name === host.name ? {} : { name: form.name === '' ? null : form.name }),
    ...(form.address === host.address ? {} : { address: form.address }),
    ...(port === host.port ? {} : { port }),
    ...(form.jumpHost === (host.jumpHost ?? '') ? {} : { jumpHost: form.jumpHost === '' ? null : form.jumpHost }),
    ...(form.user === host.user ? {} : { user: form.user === '' ? null : form.user }),
    ...(sameWayIn ? {} : { privateKeyPath: keyPath }),
    ...(form.authentication === 'key' && form.passphrase !== '' ? { passphrase: form.passphrase } : {}),
    ...(form.authentication === 'password' && form.password !== '' ? { password: form.password } : {}),
    ...(hostKey === null ? {} : { hostKey }),
  }
}

const FIELD_OF: Partial<Record<ErrorCode, keyof ReachForm>> = {
  'ssh.name-not-found': 'address',
  'ssh.unreachable': 'address',
  'ssh.connect-timed-out': 'address',
  'ssh.address-invalid': 'address',
  'ssh.user-invalid': 'user',
  'ssh.jump-failed': 'jumpHost',
  'host.already-added': 'address',
  'host.same-machine': 'address',
  'host.password-needed': 'password',
  'host.name-taken': 'name',
  'ssh.key-unreadable': 'privateKeyPath',
  'ssh.key-unsupported': 'privateKeyPath',
  'ssh.key-needs-passphrase': 'passphrase',
}

/** The field at which an error should stand; `null` when it belongs to none. Pure. */
export function fieldOfError(error: Pick<WireError, 'code'>, form: ReachForm): keyof ReachForm | null {
  if (error.code === 'ssh.authentication-failed') return form.authentication === 'password' ? 'password' : 'user'
  return FIELD_OF[error.code] ?? null
}
