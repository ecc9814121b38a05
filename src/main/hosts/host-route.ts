import type { Duplex } from 'node:stream'
import type { AppError } from '../../shared/errors/index.ts'
import type { ExecResult, SkippedDirective, SshEndpoint, SshSession } from '../ssh/index.ts'
import type { DriverFamily } from './driver-family.ts'

export interface RouteCallOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface ScriptOptions {
  readonly timeoutMs: number
  readonly maxOutputBytes: number
  readonly signal?: AbortSignal | undefined
  /** Written to the script's standard input, which is then closed. */
  readonly input?: string
  /** Told what is printed as it comes, with what the login shell prints before. */
  readonly onStdout?: (chunk: Buffer) => void
}

export interface OpenRouteOptions extends RouteCallOptions {
  /** Told what of the user's ssh_config was skipped, whether or not the host is then reached. */
  readonly onConfigSkipped?: (skipped: readonly SkippedDirective[]) => void
}

export interface OpenLibvirtOptions extends RouteCallOptions {
  /**
   * Which driver it is for: that one's own daemon on a host with modular daemons, elsewhere the hypervisor's once more. Without
   * it the hypervisor's, which has to be opened first.
   */
  readonly family?: DriverFamily | undefined
  /** Looks for the best socket again instead of taking the one that worked last. */
  readonly anew?: boolean | undefined
}

/** A byte stream to a libvirt daemon, and the URI that the daemon is to be opened with. */
export interface LibvirtDoor {
  readonly transport: Duplex
  readonly uri: string
}

/** The way to a host once it is there: its SSH session, or this computer itself. */
export interface HostRoute {
  readonly session: SshSession | null
  readonly hostKey: { readonly type: string; readonly fingerprint: string } | null
  /** What the names led to; null for this computer. */
  readonly endpoint: SshEndpoint | null
  /** Parts of the user's ssh_config that were not evaluated on the way. */
  readonly configSkipped: readonly SkippedDirective[]
  /** Opens a new byte stream to a libvirt daemon. Errors: host.libvirt-…, ssh.forward-refused, ssh.connection-lost. */
  openLibvirt(options: OpenLibvirtOptions): Promise<LibvirtDoor>
  /** Opens a unix socket on the host. */
  forwardSocket(path: string, options?: RouteCallOptions): Promise<Duplex>
  /** Opens a TCP connection from the host. */
  forwardTcp(host: string, port: number, options?: RouteCallOptions): Promise<Duplex>
  /**
   * Runs a POSIX shell script as the signed-in user; `stdout` is what the script itself printed.
   * Null: this computer, where nothing is run. Errors: those of `SshSession.exec`.
   */
  readonly runScript: ((script: string, options: ScriptOptions) => Promise<ExecResult>) | null
  /** Resolves when the way has ended: null after `close`. */
  readonly closed: Promise<AppError | null>
  close(): Promise<void>
}
