import { execFile, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitFor } from './command.ts'
import { fetchDebian13 } from './debian-root.ts'
import { signal } from './network.ts'

const run = promisify(execFile)

export const TEST_USER = 'vdtest'
export const TEST_PASSWORD = 'correct horse 말'
const USER_ID = 29_990
/** A group that the test user is not in. */
export const OTHER_GROUP = 'vdother'
const OTHER_GROUP_ID = 29_991

/** A folder of one test file's own, with the keys that its servers accept. */
export interface SshdFolder {
  readonly path: string
  readonly homePath: string
  readonly keyPath: string
  readonly encryptedKeyPath: string
  readonly passphrase: string
  /** A key that no server knows. */
  readonly strangerKeyPath: string
  remove(): Promise<void>
}

export interface SshdOptions {
  /** Lines of sshd_config, before the fixture's own (the first value wins). */
  readonly config?: readonly string[]
  readonly hostKeyTypes?: readonly ('ed25519' | 'rsa' | 'ecdsa')[]
  readonly port?: number
  /** Folders that the server and its users see in place of others: `[from, to]`. */
  readonly binds?: readonly (readonly [string, string])[]
  readonly sftp?: boolean
  /** Whose sshd runs: this machine's own, or that of a root of Debian 13 (OpenSSH 10). */
  readonly system?: 'machine' | 'debian-13'
  /** What `chage` says of the user there: the password must be changed (`-d 0`), or the account has ended (`-E 1`). */
  readonly account?: 'password-expired' | 'account-expired'
  /** The login shell of the test user; default `/bin/sh`. bash reads the user's .bashrc for commands over SSH too. */
  readonly shell?: string
  /** Reuses the host keys of an earlier server in this folder. */
  readonly name?: string
}

export interface Sshd {
  readonly port: number
  readonly fingerprints: Readonly<Record<string, string>>
  readonly hostKeyPath: string
  /** Ends the server and every connection, as a crash would. */
  kill(): Promise<void>
  /** Stops every process of the server, as a host that hangs would: nothing is closed, nothing is answered. */
  freeze(): Promise<void>
  log(): string
}

/** Makes the folder. Needs root, as sshd changes to the user that signs in. */
export async function createSshdFolder(): Promise<SshdFolder> {
  const path = await mkdtemp(join(tmpdir(), 'virtdeck-sshd-'))
  await chmod(path, 0o755)
  const homePath = join(path, 'home')
  await mkdir(join(homePath, '.ssh'), { recursive: true })
  const passphrase = 'open sesame'
  const keyPath = join(path, 'id_user')
  const encryptedKeyPath = join(path, 'id_encrypted')
  const strangerKeyPath = join(path, 'id_stranger')
  await makeKey(keyPath, 'ed25519')
  await makeKey(encryptedKeyPath, 'ed25519', passphrase)
  await makeKey(strangerKeyPath, 'ed25519')
  const accepted = await Promise.all(
    [`${keyPath}.pub`, `${encryptedKeyPath}.pub`].map((file) => readFile(file, 'utf8')),
  )
  await writeFile(join(homePath, '.ssh', 'authorized_keys'), accepted.join(''))
  for (const file of [homePath, join(homePath, '.ssh'), join(homePath, '.ssh', 'authorized_keys')]) {
    await chown(file, USER_ID, USER_ID)
  }
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  await writeAccounts(path, homePath)
  return {
    path,
    homePath,
    keyPath,
    encryptedKeyPath,
    passphrase,
    strangerKeyPath,
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

export async function makeKey(path: string, type: string, passphrase = ''): Promise<void> {
  // RSA of the usual length takes seconds to make.
  const size = type === 'rsa' ? ['-b', '2048'] : []
  await run('ssh-keygen', ['-q', '-t', type, ...size, '-N', passphrase, '-C', 'test', '-f', path])
}

/** Certifies a user's public key by an authority's: `<key>-cert.pub` comes to lie beside it. Returns its path. */
export async function certify(authorityPath: string, keyPath: string, options: readonly string[]): Promise<string> {
  await run('ssh-keygen', ['-q', '-s', authorityPath, ...options, `${keyPath}.pub`])
  return `${keyPath}-cert.pub`
}

/** The machine's accounts plus a user with a password, as a layer to lay over /etc in a mount namespace of the server's own. */
async function writeAccounts(path: string, homePath: string): Promise<void> {
  await mkdir(join(path, 'etc', 'pam.d'), { recursive: true })
  const { stdout: hash } = await run('openssl', ['passwd', '-6', TEST_PASSWORD])
  const [passwd, shadow, group] = await Promise.all(
    ['passwd', 'shadow', 'group'].map((name) => readFile(`/etc/${name}`, 'utf8')),
  )
  await writeFile(
    join(path, 'etc', 'passwd'),
    `${passwd ?? ''}${TEST_USER}:x:${USER_ID}:${USER_ID}::${homePath}:/bin/sh\n`,
  )
  await writeFile(join(path, 'etc', 'shadow'), `${shadow ?? ''}${TEST_USER}:${hash.trim()}:19000:0:99999:7:::\n`, {
    mode: 0o640,
  })
  const pam = ['auth', 'account', 'password'].map((kind) => `${kind} required pam_unix.so`)
  await writeFile(join(path, 'etc', 'pam.d', 'sshd'), `${[...pam, 'session required pam_permit.so'].join('\n')}\n`)
  await writeFile(
    join(path, 'etc', 'group'),
    `${group ?? ''}${TEST_USER}:x:${USER_ID}:\n${OTHER_GROUP}:x:${OTHER_GROUP_ID}:\n`,
  )
}

/** The layers to lay over /etc: the folder's, below one in which the test user is another where that is asked for. */
async function writeLayers(folder: SshdFolder, name: string, options: SshdOptions): Promise<string[]> {
  const { account, shell } = options
  const below = join(folder.path, 'etc')
  if (account === undefined && shell === undefined) return [below]
  const above = join(folder.path, `${name}-etc`)
  await mkdir(above)
  if (shell !== undefined) {
    const passwd = await readFile(join(below, 'passwd'), 'utf8')
    await writeFile(join(above, 'passwd'), passwd.replace(new RegExp(`^(${TEST_USER}:.*:)[^:]*$`, 'm'), `$1${shell}`))
  }
  if (account !== undefined) {
    const shadow = (await readFile(join(below, 'shadow'), 'utf8')).replace(
      new RegExp(`^(${TEST_USER}:[^:]+):\\d+:0:99999:7:::$`, 'm'),
      account === 'password-expired' ? '$1:0:0:99999:7:::' : '$1:19000:0:99999:7::1:',
    )
    await writeFile(join(above, 'shadow'), shadow, { mode: 0o640 })
  }
  return [above, below]
}

/** Gives a file to a group that the test user is not in. */
export async function giveToOtherGroup(path: string): Promise<void> {
  await chown(path, 0, OTHER_GROUP_ID)
}

/** Starts a real sshd on a loopback port and waits until it greets. */
export async function startSshd(folder: SshdFolder, options: SshdOptions = {}): Promise<Sshd> {
  const name = options.name ?? `server-${Math.random().toString(36).slice(2, 8)}`
  const types = options.hostKeyTypes ?? ['ed25519']
  const port = options.port ?? (await findFreePort())
  const fingerprints: Record<string, string> = {}
  for (const type of types) {
    const keyPath = join(folder.path, `${name}-${type}`)
    const exists = await readFile(keyPath).then(
      () => true,
      () => false,
    )
    if (!exists) await makeKey(keyPath, type)
    const { stdout } = await run('ssh-keygen', ['-lf', `${keyPath}.pub`])
    fingerprints[type] = stdout.split(' ')[1] ?? ''
  }
  const configPath = join(folder.path, `${name}.conf`)
  const lines = [
    ...(options.config ?? []),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...types.map((type) => `HostKey ${join(folder.path, `${name}-${type}`)}`),
    'PidFile none',
    'UsePAM no',
    'PermitRootLogin no',
    'PasswordAuthentication yes',
    'KbdInteractiveAuthentication no',
    `AuthorizedKeysFile ${join(folder.homePath, '.ssh', 'authorized_keys')}`,
    'StrictModes no',
    'UseDNS no',
    'MaxStartups 100',
    'LoginGraceTime 20',
    'LogLevel VERBOSE',
    ...(options.sftp === false ? [] : ['Subsystem sftp internal-sftp']),
  ]
  await writeFile(configPath, `${lines.join('\n')}\n`)
  const root = options.system === 'debian-13' ? await fetchDebian13() : ''
  const layers = [...(await writeLayers(folder, name, options)), `${root}/etc`]
  const mounts = [
    // read-only, for want of an upper layer
    `mount -t overlay overlay -o 'lowerdir=${layers.join(':')}' '${root}/etc'`,
    ...(root === ''
      ? []
      : [
          ...['/tmp', '/dev'].map((path) => `mount --rbind ${path} '${root}${path}'`),
          `mount -t proc proc '${root}/proc'`,
          `mount -t tmpfs tmpfs '${root}/run'`,
          `mkdir -m 755 '${root}/run/sshd'`,
        ]),
    ...(options.binds ?? []).map(([from, to]) => `mount --bind '${from}' '${root}${to}'`),
  ]
  const enter = root === '' ? '' : `chroot '${root}' `
  const child = spawn(
    'unshare',
    ['-m', 'sh', '-c', `${mounts.join(' && ')} && exec ${enter}/usr/sbin/sshd -D -e -f "$1"`, 'sh', configPath],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-64_000)
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await waitFor('sshd listens', () => log.includes('Server listening') || child.exitCode !== null)
  if (child.exitCode !== null) throw new Error(`sshd did not start: ${log}`)
  const { pid } = child
  if (pid === undefined) throw new Error('sshd has no pid')
  return {
    port,
    fingerprints,
    hostKeyPath: join(folder.path, `${name}-${types[0] ?? 'ed25519'}`),
    log: () => log,
    async freeze() {
      await freezeTree(pid)
    },
    async kill() {
      // Once it has ended, its pid may be another's.
      if (child.exitCode === null && child.signalCode === null) {
        for (const one of await freezeTree(pid)) signal(one, 'SIGKILL')
      }
      await exited
    },
  }
}

async function descendantsOf(parent: number): Promise<number[]> {
  const children = new Map<number, number[]>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const parentId = Number(/\) \S+ (\d+)/.exec(stat)?.[1] ?? -1)
    children.set(parentId, [...(children.get(parentId) ?? []), Number(name)])
  }
  const walk = (pid: number): number[] => (children.get(pid) ?? []).flatMap((child) => [child, ...walk(child)])
  return walk(parent)
}

/** Stops a process and all that it has started, and returns them; what one starts while the others are stopped is stopped as well. */
async function freezeTree(root: number): Promise<Set<number>> {
  const stopped = new Set<number>()
  for (let found = [root]; found.length > 0; found = (await descendantsOf(root)).filter((pid) => !stopped.has(pid))) {
    for (const pid of found) {
      signal(pid, 'SIGSTOP')
      stopped.add(pid)
    }
  }
  return stopped
}

const TESTED_PORTS = { from: 15_000, to: 30_000 }

/**
 * A port of loopback that nobody listens on. It is below the range that systems take ports of outgoing connections from
 * (32768 and above on Linux), so that none of those has it when the test gets to use it.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(TESTED_PORTS.from, TESTED_PORTS.to)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (isFree) return port
  }
}
