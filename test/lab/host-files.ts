import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { runCommand } from './command.ts'
import { initScript, keptPath, rootScript } from './host-init.ts'
import { daemonsOf, findInLayers, type HostLibvirt, type HostSystem } from './host-system.ts'
import { buildInitrd, newestKernel } from './initrd.ts'
import { machineInitrd, machinePowerLine, machineRootScript, machineScript, machineServices } from './machine-init.ts'
import { nameOf, placeOf, storageNumber } from './network.ts'
import { copyCapabilities } from './qemu-capabilities.ts'

/** An account of a lab host that signs in with a password (and with the lab's key). */
export interface LabUser {
  readonly name: string
  readonly password: string
  readonly inLibvirtGroup: boolean
}

/** The accounts every host has beside root (root signs in with the key alone). */
export const labUsers: readonly LabUser[] = [
  { name: 'admin', password: 'correct-horse-7', inLibvirtGroup: true },
  { name: 'visitor', password: 'battery-staple-8', inLibvirtGroup: false },
]

/** What can be asked of a host. */
export interface HostOptions {
  /** Default `machine`. */
  readonly system?: HostSystem
  /** Default `libvirtd`. */
  readonly libvirt?: HostLibvirt
  /**
   * `shared` (default): the host is made of namespaces and has this machine's kernel. `own`: it is a machine of QEMU's with Debian's cloud kernel, which
   * has NFS, iSCSI, device mapper, VLANs and bonds; it starts in about ten seconds, and all of it is slower.
   */
  readonly kernel?: 'shared' | 'own'
  /** Lines for sshd_config that win over the lab's own, e.g. `AllowTcpForwarding no`. */
  readonly sshdOptions?: readonly string[]
  /** Programs of /usr/bin and /usr/sbin that this host does not have, e.g. `virt-ssh-helper`, `nc`. */
  readonly hidePrograms?: readonly string[]
  /** Whom QEMU runs as; default root, so that images may belong to anybody. `libvirt-qemu` is what a real Debian host has. */
  readonly qemuUser?: 'root' | 'libvirt-qemu'
  /** Further folders that outlive a power cut, e.g. `/srv`; empty at first. */
  readonly keptFolders?: readonly string[]
}

/** Where a host's files lie. */
export interface HostPaths {
  readonly root: string
  readonly shared: string
  readonly keys: string
}

/** The SHA256 fingerprint of an OpenSSH public key file, as `ssh-keygen -l` prints it. */
export async function fingerprintOf(publicKeyFile: string): Promise<string> {
  const blob = (await readFile(publicKeyFile, 'utf8')).split(' ')[1] ?? ''
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64')
  return `SHA256:${digest.replace(/=+$/, '')}`
}

/** Makes an ed25519 key pair without a passphrase at `file`, in place of one that may lie there. */
export async function createKey(file: string): Promise<void> {
  await rm(file, { force: true })
  await rm(`${file}.pub`, { force: true })
  await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'virtdeck-lab', '-f', file])
}

/** Writes everything a host is made of beside its `layers` (see `fetchLayers`), fresh, below `paths.root`. */
export async function writeHostFiles(
  slot: number,
  number: number,
  paths: HostPaths,
  options: HostOptions,
  layers: readonly string[],
): Promise<void> {
  const { root } = paths
  // Before anything is written: who clears up after the error must not meet a file that is still being made.
  if (options.kernel === 'own' && layers.join() !== '/')
    throw new Error('A host with a kernel of its own has this machine’s system and libvirtd.')
  await rm(root, { recursive: true, force: true })
  const kept = (options.keptFolders ?? []).map(keptPath)
  for (const name of ['etc', 'etc-libvirt', 'lib', 'log/qemu', 'cache', 'ssh', ...kept])
    await mkdir(`${root}/${name}`, { recursive: true })
  const uuid = `${String(slot).padStart(4, '0')}000${number}-0000-4000-8000-0000c0ffee0${number}`
  await Promise.all([
    writeLibvirtConfig(`${root}/etc-libvirt`, uuid, options, layers),
    writeSshConfig(`${root}/ssh`, paths.keys, number, options.sshdOptions ?? []),
    writeAccounts(`${root}/etc`, layers),
    copyCapabilities(options, layers, `${root}/cache`),
    writeFile(`${root}/etc/machine-id`, `${uuid.replaceAll('-', '')}\n`),
    writeFile(`${root}/etc/hosts`, hostsOf(slot)),
    options.kernel === 'own'
      ? writeMachineScripts(slot, number, paths, options)
      : writeScripts(root, rootScript(number, paths, layers, options.keptFolders), initScript(slot, number, options)),
  ])
}

async function writeScripts(root: string, rootScript: string, initScript: string): Promise<void> {
  await Promise.all([writeFile(`${root}/root.sh`, rootScript), writeFile(`${root}/init.sh`, initScript)])
}

async function writeMachineScripts(
  slot: number,
  number: number,
  paths: HostPaths,
  options: HostOptions,
): Promise<void> {
  const kernel = newestKernel()
  const initrd = await buildInitrd(kernel, machineInitrd)
  const { root } = paths
  const init = initScript(slot, number, options, { power: machinePowerLine, services: machineServices(number) })
  await writeScripts(root, machineRootScript(number, options.keptFolders), init)
  await writeFile(`${root}/machine.sh`, machineScript(slot, number, paths, kernel, initrd))
}

/** /etc/hosts: every host of the slot knows the others by name. */
function hostsOf(slot: number): string {
  const neighbours = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
    (k) => `${placeOf(slot, k).addresses.lab0} node${k}.lab node${k}\n`,
  )
  return `127.0.0.1 localhost\n${neighbours.join('')}${placeOf(slot, storageNumber).addresses.lab0} ${nameOf(storageNumber)}\n`
}

async function writeLibvirtConfig(
  directory: string,
  uuid: string,
  { libvirt = 'libvirtd', qemuUser = 'root' }: HostOptions,
  layers: readonly string[],
): Promise<void> {
  for (const layer of layers.toReversed().filter((each) => existsSync(`${each}/etc/libvirt`)))
    await cp(`${layer}/etc/libvirt`, directory, { recursive: true, verbatimSymlinks: true })
  await rm(`${directory}/qemu/networks/autostart`, { recursive: true, force: true })
  // distinct host_uuid: else libvirt refuses to migrate "to the same host"
  const daemon = [
    `host_uuid = "${uuid}"`,
    'unix_sock_group = "libvirt"',
    'unix_sock_rw_perms = "0770"',
    'auth_unix_rw = "none"',
  ]
  // cgroup_controllers: the hosts share one cgroup tree, and two machines would share one name in it
  const qemu = [
    `user = "${qemuUser}"`,
    `group = "${qemuUser}"`,
    'security_driver = "none"',
    ...(qemuUser === 'root' ? ['dynamic_ownership = 0', 'remember_owner = 0'] : []),
    'namespaces = []',
    'cgroup_controllers = []',
    'stdio_handler = "file"',
  ]
  for (const name of daemonsOf(libvirt)) await writeFile(`${directory}/${name}.conf`, `${daemon.join('\n')}\n`)
  await writeFile(`${directory}/qemu.conf`, `${qemu.join('\n')}\n`)
}

async function writeSshConfig(
  directory: string,
  keys: string,
  number: number,
  extra: readonly string[],
): Promise<void> {
  // the first value of a keyword wins in sshd_config, so the test's own lines come first
  const lines = [
    ...extra,
    'HostKey /etc/ssh/ssh_host_ed25519_key',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication yes',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'UseDNS no',
    'Subsystem sftp internal-sftp',
    'PidFile /run/sshd.pid',
  ]
  const kept = `${keys}/host${number}`
  await readFile(kept).catch(() => createKey(kept))
  await cp(kept, `${directory}/ssh_host_ed25519_key`)
  await cp(`${kept}.pub`, `${directory}/ssh_host_ed25519_key.pub`)
  await writeFile(`${directory}/sshd_config`, `${lines.join('\n')}\n`)
  await cp(`${keys}/id.pub`, `${directory}/authorized_keys`)
}

async function writeAccounts(directory: string, layers: readonly string[]): Promise<void> {
  const read = (path: string) => readFile(findInLayers(layers, path), 'utf8')
  const [passwd, group] = await Promise.all([read('/etc/passwd'), read('/etc/group')])
  const members = labUsers.filter((user) => user.inLibvirtGroup).map((user) => user.name)
  const shadow = ['root:*:19000:0:99999:7:::', 'sshd:!:19000::::::']
  let accounts = passwd
  for (const [index, user] of labUsers.entries()) {
    accounts += `${user.name}:x:${2000 + index}:${2000 + index}::/home/${user.name}:/bin/bash\n`
    shadow.push(`${user.name}:${await hashPassword(user.password)}:19000:0:99999:7:::`)
  }
  const groups = group.replace(/^(libvirt:[^:]*:\d+:).*$/m, `$1${members.join(',')}`)
  await writeFile(`${directory}/passwd`, accounts)
  await writeFile(
    `${directory}/group`,
    groups + labUsers.map((user, index) => `${user.name}:x:${2000 + index}:\n`).join(''),
  )
  await writeFile(`${directory}/shadow`, `${shadow.join('\n')}\n`, { mode: 0o600 })
}

async function hashPassword(password: string): Promise<string> {
  // perl-base is essential on Debian and its crypt() is the C library's
  const salt = randomBytes(6).toString('hex')
  const { stdout } = await runCommand('perl', ['-e', 'print crypt(<STDIN>, $ARGV[0])', `$6$${salt}$`], {
    input: password,
  })
  return stdout
}
