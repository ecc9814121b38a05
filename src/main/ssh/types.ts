import type { Duplex } from 'node:stream'
import type { AppError } from '../../shared/errors/index.ts'

/** Where to connect. With `useConfig` (the default) the user's ssh_config fills what is not given here. */
export interface SshTarget {
  /** A name or address, or a `Host` alias of the user's ssh_config. */
  readonly address: string
  readonly port?: number
  readonly user?: string
  readonly privateKeyPath?: string
  /** Hosts on the way, as `ProxyJump` names them, in place of those of the ssh_config; `none`: none. */
  readonly proxyJump?: string
  /** What a person chose to sign in with: nothing else is offered. Not given: all that `ssh` itself would try. */
  readonly authentication?: 'agent' | 'key' | 'password'
  readonly useConfig?: boolean
}

/** Fetched by a callback at each connect; never kept by this folder, never part of an error or a log. */
export interface SshSecrets {
  readonly password?: string
  readonly passphrase?: string
}

/** One question of keyboard-interactive authentication. `echo` false: the answer is a secret. */
export interface SshPrompt {
  readonly text: string
  readonly echo: boolean
}

/** Who asks: shown beside the prompts, for the name and instructions come from the server and are not to be trusted. */
export interface SshPromptContext {
  readonly address: string
  readonly user: string
  readonly name: string
  readonly instructions: string
}

export type InteractiveAnswer = (prompts: readonly SshPrompt[], context: SshPromptContext) => Promise<readonly string[]>

/** A time limit (milliseconds) and a signal, as every call that leaves the process takes them. */
export interface CallOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface ExecOptions extends CallOptions {
  /** Written to the command's standard input, which is then closed. */
  readonly input?: string | Buffer
  readonly onStdout?: (chunk: Buffer) => void
  readonly onStderr?: (chunk: Buffer) => void
  /** Bound on what is collected of stdout and stderr together; default 8 MiB. What goes to the callbacks is not counted. */
  readonly maxOutputBytes?: number
}

/** `exitCode` is 128 + the signal's number when a signal ended the command, as a shell says it. */
export interface ExecResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** How libvirt's socket was reached. Those with sudo need one that asks for no password. */
export type LibvirtRoute = 'stream-local' | 'virt-ssh-helper' | 'netcat' | 'sudo-virt-ssh-helper' | 'sudo-netcat'

export interface LibvirtSocketOptions extends CallOptions {
  /** Connection URI handed to `virt-ssh-helper`; default `qemu:///system`. */
  readonly uri?: string
  /** Uses only these ways, in this order; default all of them. */
  readonly routes?: readonly LibvirtRoute[]
  /** Looks for the first path that answers again, even where a later one is known to. */
  readonly anew?: boolean
}

/** A libvirt socket that was opened, and how. */
export interface LibvirtSocket {
  readonly stream: Duplex
  readonly route: LibvirtRoute
  /** The one of the paths that answered; by `virt-ssh-helper` nominal, as the helper chooses itself. */
  readonly path: string
}

/** Attributes of a remote file. `modifiedAt` in milliseconds since 1970. */
export interface SftpStat {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly sizeBytes: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly modifiedAt: number
}

export interface SftpEntry extends SftpStat {
  readonly name: string
}

/** One sftp channel. It holds one of the host's session slots until it is closed. */
export interface SftpClient {
  readFile(path: string, options?: CallOptions & { readonly maxBytes?: number }): Promise<Buffer>
  writeFile(path: string, data: string | Buffer, options?: CallOptions & { readonly mode?: number }): Promise<void>
  stat(path: string, options?: CallOptions): Promise<SftpStat>
  readdir(path: string, options?: CallOptions): Promise<readonly SftpEntry[]>
  mkdir(path: string, options?: CallOptions & { readonly mode?: number }): Promise<void>
  rmdir(path: string, options?: CallOptions): Promise<void>
  unlink(path: string, options?: CallOptions): Promise<void>
  rename(from: string, to: string, options?: CallOptions): Promise<void>
  createReadStream(path: string, options?: { readonly start?: number }): NodeJS.ReadableStream
  createWriteStream(path: string, options?: { readonly start?: number; readonly mode?: number }): NodeJS.WritableStream
  close(): void
}

/** What the names of a target led to. */
export interface SshEndpoint {
  readonly address: string
  readonly port: number
  readonly user: string
  /** What known_hosts calls it: by `HostKeyAlias` another name, and port 22. */
  readonly knownAs: { readonly address: string; readonly port: number }
}

/** A command that runs, with its input and output as one stream. */
export interface SshCommand {
  /** Its standard input and output. What is not read holds the command back. */
  readonly stream: Duplex
  /** How it ended, and the beginning of what it complained of. Rejects when the host did not say: ssh.channel-closed, ssh.connection-lost. */
  readonly exited: Promise<{ readonly exitCode: number; readonly stderr: string }>
  /** Asks it to end, then makes it. */
  end(): void
}

/** Of a terminal, in characters. */
export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** A login shell on a terminal of its own. It is hung up when the stream is destroyed. */
export interface ShellChannel {
  readonly stream: Duplex
  resize(size: TerminalSize): void
}

/** One authenticated connection to a host. Everything to that host goes through it. */
export interface SshSession {
  readonly hostKey: { readonly type: string; readonly fingerprint: string }
  /** What the names led to after ssh_config. */
  readonly endpoint: SshEndpoint
  /** Resolves once, when the connection has ended: null when `close()` did it. */
  readonly closed: Promise<AppError | null>
  readonly openChannels: number
  /** Opens a unix socket on the host. Errors: ssh.forward-refused, ssh.channel-limit, ssh.connection-lost, ssh.aborted. */
  forwardSocket(path: string, options?: CallOptions): Promise<Duplex>
  /** Opens a TCP connection from the host. Errors as `forwardSocket`. */
  forwardTcp(host: string, port: number, options?: CallOptions): Promise<Duplex>
  /** Opens the first of the given libvirt sockets that answers, by whichever way the host allows. */
  openLibvirtSocket(paths: readonly string[], options?: LibvirtSocketOptions): Promise<LibvirtSocket>
  /** The way that `openLibvirtSocket` found to work, once it has. */
  readonly libvirtRoute: LibvirtRoute | null
  /** Runs a command in the user's login shell. A non-zero exit code is a result, not an error. */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>
  /** Runs a command with its input and output as a stream: for much of either. `timeoutMs` is for its start. */
  openCommand(command: string, options?: CallOptions): Promise<SshCommand>
  sftp(options?: CallOptions): Promise<SftpClient>
  /** Opens the user's login shell. Errors: ssh.channel-limit, ssh.channel-closed, ssh.connection-lost, ssh.aborted. */
  openShell(size: TerminalSize, options?: CallOptions): Promise<ShellChannel>
  close(): Promise<void>
}
