import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { runCommand } from './command.ts'
import { placeOf } from './network.ts'

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
  /** `absent`: no libvirtd runs and its programs are not found. Default `running`. */
  readonly libvirt?: 'running' | 'absent'
  /** Lines for sshd_config that win over the lab's own, e.g. `AllowTcpForwarding no`. */
  readonly sshdOptions?: readonly string[]
  /** Programs of /usr/bin and /usr/sbin that this host does not have, e.g. `virt-ssh-helper`, `nc`. */
  readonly hidePrograms?: readonly string[]
}

/** Where a host's files lie. */
export interface HostPaths {
  readonly root: string
  readonly shared: string
  readonly keys: string
}

const libvirtPrograms = ['virsh', 'virt-ssh-helper', 'virt-admin', 'libvirtd', 'virtlogd', 'virtlockd']

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

/** Writes everything a host is made of, fresh, below `paths.root`. */
export async function writeHostFiles(
  slot: number,
  number: number,
  paths: HostPaths,
  options: HostOptions,
): Promise<void> {
  const { root } = paths
  await rm(root, { recursive: true, force: true })
  for (const name of ['etc-libvirt', 'lib', 'log/qemu', 'cache', 'ssh', 'accounts'])
    await mkdir(`${root}/${name}`, { recursive: true })
  const uuid = `${String(slot).padStart(4, '0')}000${number}-0000-4000-8000-0000c0ffee0${number}`
  await Promise.all([
    writeLibvirtConfig(`${root}/etc-libvirt`, uuid),
    writeSshConfig(`${root}/ssh`, paths.keys, number, options.sshdOptions ?? []),
    writeAccounts(`${root}/accounts`),
    writeFile(`${root}/machine-id`, `${uuid.replaceAll('-', '')}\n`),
    writeFile(`${root}/init.sh`, initScript(slot, number, paths, options)),
  ])
}

async function writeLibvirtConfig(directory: string, uuid: string): Promise<void> {
  await cp('/etc/libvirt', directory, { recursive: true, verbatimSymlinks: true })
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
    'user = "root"',
    'group = "root"',
    'security_driver = "none"',
    'dynamic_ownership = 0',
    'remember_owner = 0',
    'namespaces = []',
    'cgroup_controllers = []',
    'stdio_handler = "file"',
  ]
  await writeFile(`${directory}/libvirtd.conf`, `${daemon.join('\n')}\n`)
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

async function writeAccounts(directory: string): Promise<void> {
  const [passwd, group] = await Promise.all([readFile('/etc/passwd', 'utf8'), readFile('/etc/group', 'utf8')])
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

function initScript(slot: number, number: number, paths: HostPaths, options: HostOptions): string {
  const { root, shared } = paths
  const { addresses } = placeOf(slot, number)
  const runsLibvirt = (options.libvirt ?? 'running') === 'running'
  const hidden = [...(options.hidePrograms ?? []), ...(runsLibvirt ? [] : libvirtPrograms)]
  const neighbours = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((k) => `${placeOf(slot, k).addresses.lab0} node${k}.lab node${k}`)
  const homes = labUsers.map((user) => `home /home/${user.name} ${user.name}`)
  return `set -e
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
cd /
mount --make-rprivate /
hostname node${number}.lab
for pair in etc-libvirt:/etc/libvirt lib:/var/lib/libvirt log:/var/log/libvirt cache:/var/cache/libvirt ssh:/etc/ssh \\
  machine-id:/etc/machine-id accounts/passwd:/etc/passwd accounts/group:/etc/group accounts/shadow:/etc/shadow; do
  mount --bind "${root}/\${pair%%:*}" "\${pair#*:}"
done
mount --bind "${shared}" /mnt                          # what NFS would show on every host
# Where /dev/kvm runs no ordinary guest, libvirt must not offer it. A read-only file, and not /dev/null: were it writable,
# libvirt would take KVM for usable and probe every QEMU anew at each define, which costs seconds.
if [ -e /dev/kvm ]; then : > "${root}/no-kvm"; mount --bind "${root}/no-kvm" /dev/kvm; mount -o remount,bind,ro /dev/kvm; fi
for directory in /run /root /home; do mount -t tmpfs -o mode=755 tmpfs $directory; done
mkdir -p /run/sshd /run/libvirt /run/lock
if [ -d /var/run ] && [ ! -L /var/run ]; then mount --bind /run /var/run; fi   # minimal images have a folder there
mount -t proc proc /proc
home() { mkdir -p -m 700 "$1/.ssh"; cat /etc/ssh/authorized_keys > "$1/.ssh/authorized_keys"; chmod 600 "$1/.ssh/authorized_keys"; chown -R "$2" "$1"; }
chmod 700 /root; home /root root
${homes.join('\n')}
${hidden.map(hideLine).join('\n')}
ip link set lo up; ip link set eth0 up; ip link set eth1 up
ip addr replace ${addresses.lab0}/24 dev eth0; ip addr replace ${addresses.lab1}/24 dev eth1
cat > /run/hosts <<'HOSTS'
127.0.0.1 localhost
${neighbours.join('\n')}
HOSTS
mount --bind /run/hosts /etc/hosts
/usr/sbin/sshd
${runsLibvirt ? '/usr/sbin/virtlogd -d; /usr/sbin/libvirtd -d' : ''}
set +e
while :; do sleep 3600; done   # PID 1 must reap: with libvirtd as PID 1 every dead QEMU costs 40 s
`
}

function hideLine(program: string): string {
  if (!/^[\w.-]+$/.test(program)) throw new Error(`Not a program's name: ${program}`)
  // a whiteout of overlayfs: the file is not there at all, as on a host that lacks the package
  return `for d in /usr/bin /usr/sbin; do
  if [ -e "$d/${program}" ]; then
    if [ ! -d "/run/hide$d/upper" ]; then
      mkdir -p "/run/hide$d/upper" "/run/hide$d/work"; mknod "/run/hide$d/upper/${program}" c 0 0
      mount -t overlay overlay -o "lowerdir=$d,upperdir=/run/hide$d/upper,workdir=/run/hide$d/work" "$d"
    else rm -f "$d/${program}"; fi
  fi
done`
}
