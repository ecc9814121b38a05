import { readlinkSync } from 'node:fs'
import { type HostOptions, type HostPaths, labUsers } from './host-files.ts'
import { daemonsOf } from './host-system.ts'
import { nameOf, placeOf } from './network.ts'

const libvirtPrograms = ['virsh', 'virt-ssh-helper', 'virt-admin', 'libvirtd', 'virtlogd', 'virtlockd']

/**
 * The first script of a host: its root. The layers are seen through an overlay whose writable side is in memory, so that
 * whatever the host writes, in /etc too, stays its own, and whatever the machine's packages replace stays the machine's. What
 * outlives a power cut are folders of their own.
 */
export function rootScript(
  number: number,
  paths: HostPaths,
  layers: readonly string[],
  keptFolders: readonly string[] = [],
): string {
  const { root, shared } = paths
  return `set -e
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount --make-rprivate /
hostname ${nameOf(number)}
mkdir -p "${root}/tree"
mount -t tmpfs -o mode=755 tmpfs "${root}/tree"
cd "${root}/tree"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=${layers.join(':')},upperdir=upper,workdir=work" root
cd root
mount -t tmpfs -o mode=755 tmpfs run
mount --rbind /dev dev; mount --rbind /sys sys; mount -t proc proc proc
# Where /dev/kvm runs no ordinary guest, libvirt must not offer it. A read-only file, and not /dev/null: were it writable,
# libvirt would take KVM for usable and probe every QEMU anew at each define, which costs seconds.
if [ -e dev/kvm ]; then : > run/no-kvm; mount --bind run/no-kvm dev/kvm; mount -o remount,bind,ro dev/kvm; fi
${preparesRoot({ own: root, shared, keptFolders })}
cp "${root}/init.sh" run/init.sh
mkdir run/machine
pivot_root . run/machine
cd /
umount -l /run/machine
rmdir /run/machine
exec bash /run/init.sh
`
}

/** Lines that give a root, which is the current folder, its folders in memory, those of the host's own, and its files of /etc. */
export function preparesRoot({
  own,
  shared,
  keptFolders = [],
}: {
  readonly own: string
  readonly shared: string
  readonly keptFolders?: readonly string[] | undefined
}): string {
  const kept = keptFolders.map((folder) => `${keptPath(folder)}:${folder.slice(1)}`)
  return `for directory in root home tmp; do mount -t tmpfs -o mode=755 tmpfs $directory; done
chmod 1777 tmp; chmod 700 root
for pair in etc-libvirt:etc/libvirt lib:var/lib/libvirt log:var/log/libvirt cache:var/cache/libvirt ssh:etc/ssh ${kept.join(' ')}; do
  mkdir -p "\${pair#*:}"; mount --bind "${own}/\${pair%%:*}" "\${pair#*:}"
done
mount --bind "${shared}" mnt                          # what NFS would show on every host
cp -p "${own}"/etc/* etc/`
}

/** Where a folder that outlives a power cut lies among the host's files. */
export function keptPath(folder: string): string {
  if (!/^(\/[\w.-]+)+$/.test(folder)) throw new Error(`Not a folder to keep: ${folder}`)
  return `kept${folder}`
}

/** What depends on what a host runs in. */
export interface BodyLines {
  power(name: 'reboot' | 'poweroff'): string
  /** Lines that start further daemons. */
  readonly services: string
}

/** The second script of a host, which runs in its root: addresses, homes, daemons. It stays as the host's PID 1. */
export function initScript(
  slot: number,
  number: number,
  options: HostOptions,
  body: BodyLines = { power: powerProgram, services: '' },
): string {
  const { addresses } = placeOf(slot, number)
  const libvirt = options.libvirt ?? 'libvirtd'
  const hidden = [...(options.hidePrograms ?? []), ...(libvirt === 'absent' ? libvirtPrograms : [])]
  const homes = ['root', ...labUsers.map((user) => user.name)]
  return `set -e
mkdir -p /run/sshd /run/libvirt /run/lock
if [ -d /var/run ] && [ ! -L /var/run ]; then mount --bind /run /var/run; fi   # minimal images have a folder there
home() { mkdir -p -m 700 "$1/.ssh"; cat /etc/ssh/authorized_keys > "$1/.ssh/authorized_keys"; chmod 600 "$1/.ssh/authorized_keys"; chown -R "$2" "$1"; }
${homes.map((user) => `home ${user === 'root' ? '/root' : `/home/${user}`} ${user}`).join('\n')}
${hidden.map(hideLine).join('\n')}
ip link set lo up; ip link set eth0 up; ip link set eth1 up
ip addr replace ${addresses.lab0}/24 dev eth0; ip addr replace ${addresses.lab1}/24 dev eth1
${body.power('reboot')}
${body.power('poweroff')}
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
/usr/sbin/sshd
${libvirt === 'absent' ? '' : '/usr/sbin/virtlogd -d'}
${daemonsOf(libvirt).map(startLine).join('\n')}
${body.services}
set +e
while :; do sleep 3600; done   # PID 1 must reap: with libvirtd as PID 1 every dead QEMU costs 40 s
`
}

/**
 * Stands in for systemd's programs, which do nothing where systemd is not PID 1. It makes the same call to the kernel, reboot(2), which in a
 * PID namespace ends that namespace alone: the host is gone as after a power cut, and `powerOn` is what the machine's firmware would do.
 */
function powerProgram(name: 'reboot' | 'poweroff'): string {
  // Should it ever run outside of its host, it must not take the machine down.
  return powerLine(name, `[ "$(readlink /proc/self/ns/pid)" != "${readlinkSync('/proc/self/ns/pid')}" ]`)
}

/** The line that makes a program of the kernel's call, which works where `guard` holds. */
export function powerLine(name: 'reboot' | 'poweroff', guard: string): string {
  const file = `/usr/local/sbin/${name}`
  return `printf '%s\\n' '#!/bin/sh' '${guard} && exec busybox ${name} -f' > ${file}; chmod 755 ${file}`
}

/** The shell command that starts a daemon of libvirt, also where one that was killed left its pid. */
export function startLine(daemon: string): string {
  return `rm -f /run/${daemon}.pid; /usr/sbin/${daemon} -d`
}

function hideLine(program: string): string {
  if (!/^[\w.-]+$/.test(program)) throw new Error(`Not a program's name: ${program}`)
  return `rm -f /usr/bin/${program} /usr/sbin/${program}`
}
