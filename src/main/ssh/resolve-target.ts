import { homedir, hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../shared/errors/index.ts'
import { digestCommand, fetchConfigCommands, fetchKnownHostsCommand } from './config-commands.ts'
import {
  type ConfigFilesOptions,
  configFileOrder,
  fetchHostConfig,
  type HostConfig,
  type SkippedDirective,
} from './config-files.ts'
import { fetchOpenSshConfig, isOpenSshInstalled } from './config-openssh.ts'
import { expandHome, expandHostName, expandPath, type TokenValues } from './config-tokens.ts'
import { decideKnownHostsPlaces, type KnownHostsPlaces, readKnownHostsCommand } from './known-hosts-places.ts'
import { isHostName, isUserName, withoutBrackets } from './names.ts'
import { type JumpHost, parseProxyJump } from './proxy-jump.ts'
import type { SshTarget } from './types.ts'

/** Where the configuration is read from; the defaults are what `ssh` itself reads. For tests and odd installations. */
export interface SshConfigSource {
  readonly path?: string
  /** The OpenSSH client to ask, or null to read the files without it. Default `ssh`. */
  readonly openSshCommand?: string | null
  /** Whether a person has allowed a command of `Match exec`, or a `KnownHostsCommand`, by its digest. Default: none is allowed. */
  readonly allowsCommand?: (digest: string) => boolean
  readonly homePath?: string
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** A target with everything that the configuration adds. */
export interface ResolvedTarget {
  readonly address: string
  readonly port: number
  readonly user: string
  /** `HostKeyAlias`: the name that known_hosts uses instead of address and port. */
  readonly hostKeyAlias: string | null
  /** Where keys of hosts are looked up, beside the app's own file. */
  readonly knownHosts: KnownHostsPlaces
  readonly addressFamily: 0 | 4 | 6
  /** What a person chose to sign in with; null: nobody has chosen. */
  readonly authentication: SshTarget['authentication'] | null
  /** The key that the target itself names: its problems are told, those of the others are not. */
  readonly explicitKeyPath: string | null
  readonly identityPaths: readonly string[]
  /** `CertificateFile`: beside those that lie next to their keys. */
  readonly certificatePaths: readonly string[]
  readonly identitiesOnly: boolean
  /** Path of the agent to use, null for none, undefined for what the environment says. */
  readonly agentPath: string | null | undefined
  readonly jumps: readonly JumpHost[]
  readonly skipped: readonly SkippedDirective[]
}

/** What known_hosts calls a host: its `HostKeyAlias`, which stands without a port, else its address and port. */
export interface KnownName {
  readonly address: string
  readonly port: number
}

/** The name of a resolved target in known_hosts. Pure. */
export function knownNameOf({ hostKeyAlias, address, port }: ResolvedTarget): KnownName {
  return hostKeyAlias === null ? { address, port } : { address: hostKeyAlias, port: 22 }
}

/** The name of a host in known_hosts by the user's ssh_config as it is now. Errors: those of `resolveTarget`. */
export async function fetchKnownName(
  target: SshTarget,
  source?: SshConfigSource,
  signal?: AbortSignal,
): Promise<KnownName> {
  return knownNameOf(await resolveTarget(target, source, signal))
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa']
const NO_CONFIG: HostConfig = { values: new Map(), skipped: [], expanded: new Set(), isPrinted: false }

/**
 * Completes a target from the user's ssh_config (`ssh -G` where it is installed, else our own reading). `ssh -G` runs the
 * commands of `Match exec`: while one that it might run is not allowed, it is our own reading, with those skipped. A
 * `KnownHostsCommand` that is not allowed is left out.
 * Errors: ssh.address-invalid, ssh.user-invalid, ssh.config-invalid, ssh.proxy-command-unsupported, ssh.aborted.
 */
export async function resolveTarget(
  given: SshTarget,
  source: SshConfigSource = {},
  signal?: AbortSignal,
): Promise<ResolvedTarget> {
  const target = { ...given, address: withoutBrackets(given.address) }
  const { address, user } = target
  if (!isHostName(address)) throw new AppError('ssh.address-invalid', { address: address.slice(0, 255) })
  if (user !== undefined && !isUserName(user)) throw new AppError('ssh.user-invalid', { user: user.slice(0, 255) })
  const config = target.useConfig === false ? NO_CONFIG : await fetchConfig(target, source, signal)
  return decideTarget(target, config, source)
}

async function fetchConfig(target: SshTarget, source: SshConfigSource, signal?: AbortSignal): Promise<HostConfig> {
  const homePath = source.homePath ?? homedir()
  const { address: name, port, user } = target
  const { username: localUser, homedir: accountPath } = userInfo()
  const reading = { name, user, localUser, homePath, files: configFileOrder(homePath, source.path) }
  if (source.openSshCommand === null) return leaveOutUnasked(await fetchHostConfig(reading), reading, source)
  const command = source.openSshCommand
  // ssh itself looks in the home of the account, whatever HOME says.
  const theirs = { ...reading, homePath: accountPath, files: configFileOrder(accountPath, source.path) }
  const commands = await fetchConfigCommands(theirs)
  const asked = commands.filter((found) => source.allowsCommand?.(digestCommand(found.command)) !== true)
  if (asked.length === 0) {
    const query = { name, port, user, configPath: source.path, command, signal }
    return leaveOutUnasked((await fetchOpenSshConfig(query)) ?? (await fetchHostConfig(reading)), theirs, source)
  }
  const config = await leaveOutUnasked(await fetchHostConfig(reading), reading, source)
  if (!(await isOpenSshInstalled(command, signal))) return config
  const others = config.skipped.filter(
    (skipped) => !commands.some(({ path, line }) => path === skipped.path && line === skipped.line),
  )
  const unasked = asked.map((found) => ({ ...found, directive: 'Match exec' }))
  return { ...config, skipped: [...unasked, ...others] }
}

/** Takes a `KnownHostsCommand` away that nobody has allowed yet, and says so. */
async function leaveOutUnasked(
  config: HostConfig,
  reading: ConfigFilesOptions,
  source: SshConfigSource,
): Promise<HostConfig> {
  const words = readKnownHostsCommand(config)
  if (words === null) return config
  const found = await fetchKnownHostsCommand(words, reading)
  if (source.allowsCommand?.(digestCommand(found.command)) === true) return config
  const values = new Map([...config.values].filter(([keyword]) => keyword !== 'knownhostscommand'))
  return { ...config, values, skipped: [...config.skipped, { ...found, directive: 'KnownHostsCommand' }] }
}

function decideTarget(target: SshTarget, config: HostConfig, source: SshConfigSource): ResolvedTarget {
  const environment = source.environment ?? process.env
  const first = (keyword: string): string | undefined => config.values.get(keyword)?.[0]?.join(' ')
  const homePath = source.homePath ?? homedir()
  const localUser = userInfo().username
  const port = target.port ?? toPort(first('port'))
  const user = target.user ?? first('user') ?? localUser
  const alias = first('hostkeyalias') ?? null
  const base: TokenValues = {
    hostName: target.address,
    originalName: target.address,
    port,
    remoteUser: user,
    localUser,
    homePath,
    userId: String(process.getuid?.() ?? ''),
    localHost: hostname(),
    hostKeyAlias: alias ?? target.address,
    jumpHost: first('proxyjump') ?? '',
  }
  const address = withoutBrackets(decideHostName(config, target.address))
  const tokens = { ...base, hostName: address }
  const jumps = parseProxyJump(target.proxyJump ?? first('proxyjump'), tokens)
  if (jumps === null) {
    throw new AppError('ssh.config-invalid', { path: 'ssh_config', line: 0, detail: 'ProxyJump' })
  }
  const isDirect = jumps.length === 0 && target.proxyJump === undefined
  if (isDirect && (first('proxycommand') ?? 'none').toLowerCase() !== 'none') {
    throw new AppError('ssh.proxy-command-unsupported', { address: target.address })
  }
  const pathsOf = (keyword: string) => (config.values.get(keyword) ?? []).map((words) => words.join(' '))
  const expandPaths = (paths: readonly string[]) =>
    paths
      .filter((path) => path.toLowerCase() !== 'none')
      .map((path) => expandPath(path, tokens, environment))
      .filter((path) => path !== null)
  const configured = pathsOf('identityfile')
  const defaults = DEFAULT_KEYS.map((name) => join(homePath, '.ssh', name))
  const family = first('addressfamily')
  return {
    address,
    port,
    user,
    hostKeyAlias: alias,
    knownHosts: decideKnownHostsPlaces(config, tokens, environment),
    addressFamily: family === 'inet' ? 4 : family === 'inet6' ? 6 : 0,
    authentication: target.authentication ?? null,
    explicitKeyPath: target.privateKeyPath === undefined ? null : expandHome(target.privateKeyPath, homePath),
    identityPaths: expandPaths(configured.length > 0 ? configured : defaults),
    certificatePaths: expandPaths(pathsOf('certificatefile')),
    identitiesOnly: first('identitiesonly') === 'yes' || first('identitiesonly') === 'true',
    agentPath: decideAgentPath(config, tokens, environment),
    jumps,
    skipped: config.skipped,
  }
}

/** The literal name of the target is never expanded: `%` is the mark of an IPv6 zone in it. */
function decideHostName(config: HostConfig, name: string): string {
  const hostName = config.values.get('hostname')?.[0]?.join(' ')
  if (hostName === undefined) return name
  return config.expanded.has('hostname') ? hostName : expandHostName(hostName, name)
}

function decideAgentPath(
  config: HostConfig,
  tokens: TokenValues,
  environment: Readonly<Record<string, string | undefined>>,
): string | null | undefined {
  const value = config.values.get('identityagent')?.[0]?.join(' ')
  if (value === undefined || value === 'SSH_AUTH_SOCK') return environment.SSH_AUTH_SOCK
  if (value.toLowerCase() === 'none') return null
  const [, variable] = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(value) ?? []
  if (variable !== undefined) return environment[variable]
  return config.expanded.has('identityagent') ? value : (expandPath(value, tokens, environment) ?? undefined)
}

function toPort(value: string | undefined): number {
  const port = Number(value ?? 22)
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 22
}
