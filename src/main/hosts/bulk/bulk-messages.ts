import type { MessagePort } from 'node:worker_threads'
import type { HostDefinition } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import type { StreamArguments } from '../../libvirt/index.ts'
import type { SshConfigSource } from '../../ssh/index.ts'
import type { HostSecrets } from '../link-settings.ts'

/*
 * What the engine's thread and the thread for one host's bulk data say to each other. Bytes go over pipes of their own.
 */

/** What the thread is started with. Secrets are not in it: it asks for them. */
export interface BulkThreadData {
  readonly definition: HostDefinition
  /** Fingerprint of the key that the link was connected with; null for this computer. */
  readonly hostKey: string | null
  readonly knownHostsPath: string
  readonly sshConfig: Omit<SshConfigSource, 'allowsCommand'> | undefined
  /** Digests of the commands of ssh_config that a person has allowed. */
  readonly allowedCommands: readonly string[]
  /** Of this computer's daemons. */
  readonly localSockets: readonly string[]
  readonly connectTimeoutMs: number
}

/** What is to be done over the session. */
export type BulkRequest =
  | { readonly kind: 'upload'; readonly args: StreamArguments<'STORAGE_VOL_UPLOAD'> }
  | { readonly kind: 'download'; readonly args: StreamArguments<'STORAGE_VOL_DOWNLOAD'> }
  | { readonly kind: 'command'; readonly command: string }

/** Pipes are named as the host sees them: `input` is what it gets. */
export interface BulkPipes {
  readonly input?: MessagePort
  readonly output?: MessagePort
}

export type ToBulkThread =
  | {
      readonly t: 'open'
      readonly id: number
      readonly request: BulkRequest
      readonly pipes: BulkPipes
      readonly openTimeoutMs: number
      /** Longest time in which nothing moves; 0: for ever. */
      readonly idleTimeoutMs: number
    }
  | { readonly t: 'abort'; readonly id: number }
  | { readonly t: 'secrets'; readonly secrets: HostSecrets }
  | { readonly t: 'close' }

/** How a command ended; of it, also what it complained of. */
export interface CommandEnd {
  readonly exitCode: number
  readonly stderr: string
}

export type FromBulkThread =
  /** The host asks to sign in. Answered by `secrets`, or by `close`. */
  | { readonly t: 'secrets-wanted' }
  | { readonly t: 'opened'; readonly id: number }
  /** It has ended, in order or not; the last word on it. */
  | { readonly t: 'settled'; readonly id: number; readonly error: WireError | null; readonly end: CommandEnd | null }
  /** The session is gone, or never came about; the thread ends. */
  | { readonly t: 'gone'; readonly error: WireError | null }
