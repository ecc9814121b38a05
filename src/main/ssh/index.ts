export { decideBackoffMs, isUnanswered, needsPerson, wouldRepeatPassword } from './backoff.ts'
export { digestCommand } from './config-commands.ts'
export type { SkippedDirective } from './config-files.ts'
export { fetchConfigUse } from './config-use.ts'
export { fetchConfiguredHosts } from './configured-hosts.ts'
export type { ConnectOptions } from './connect.ts'
export { connectSsh } from './connect.ts'
export type { KnownHosts, KnownHostsOptions } from './known-hosts.ts'
export { createKnownHosts } from './known-hosts.ts'
export type { HostKeyVerdict } from './known-hosts-verdict.ts'
export { watchNetwork } from './network-watch.ts'
export type { SshConfigSource } from './resolve-target.ts'
export { fetchKnownName } from './resolve-target.ts'
export { buildScript, parseScriptOutput, shellQuote } from './shell-output.ts'
export type {
  CallOptions,
  ExecOptions,
  ExecResult,
  InteractiveAnswer,
  LibvirtRoute,
  LibvirtSocket,
  LibvirtSocketOptions,
  SftpClient,
  SftpEntry,
  SftpStat,
  ShellChannel,
  SshEndpoint,
  SshPrompt,
  SshPromptContext,
  SshSecrets,
  SshSession,
  SshTarget,
  TerminalSize,
} from './types.ts'
