import type { HostPaths } from './host-files.ts'
import { powerLine, preparesRoot } from './host-init.ts'
import type { InitrdRecipe } from './initrd.ts'
import { nameOf, placeOf } from './network.ts'

/**
 * What a machine is given by virtiofs. `root`: this machine's, read-only; what was read of it is never asked for again, which saves a quarter of the
 * time to start. `lab`: the folders `host` (its own files) and `shared`, which others change too.
 */
const shares = [
  { tag: 'root', cache: 'always' },
  { tag: 'lab', cache: 'auto' },
] as const
const seen = '/run/lab'

/** `net.ifnames=0`: cards are eth0, eth1. `panic=-1`: a panic ends the machine. The last lines leave out what only takes time under emulation. */
const kernelOptions = [
  'console=ttyS0 quiet net.ifnames=0 panic=-1',
  'mitigations=off apparmor=0 audit=0 init_on_alloc=0 nokaslr',
  'cryptomgr.notests no_timer_check tsc=reliable',
]

/** How much memory a host with a kernel of its own has. */
export const machineMemoryMiB = 1024

/** The initrd of hosts with a kernel of their own: it finds the root and goes over to it. */
export const machineInitrd: InitrdRecipe = {
  name: 'deep',
  modules: ['virtio_pci', 'virtio_net', 'virtio_console', 'virtio_rng', 'virtiofs', 'overlay'],
  folders: ['proc', 'sys', 'dev', 'lower', 'lab', 'memory', 'root'],
  init: `#!/bin/busybox sh
set -e
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
while read m; do insmod /lib/m/$m; done < /lib/m/order
mount -t virtiofs root /lower; mount -t virtiofs lab /lab
mount -t tmpfs -o mode=755,size=75% tmpfs /memory; mkdir /memory/upper /memory/work
mount -t overlay overlay -o lowerdir=/lower,upperdir=/memory/upper,workdir=/memory/work /root
mount -t tmpfs -o mode=755 tmpfs /root/run; mkdir /root${seen}; mount --move /lab /root${seen}
for m in proc sys dev; do mount --move /$m /root/$m; done
exec switch_root /root /bin/bash ${seen}/host/root.sh
`,
}

/** The first script of a host with a kernel of its own, as the kernel's PID 1: what `rootScript` does for one made of namespaces. */
export function machineRootScript(number: number, keptFolders?: readonly string[]): string {
  // Starting a program is what takes long under emulation: those of busybox, which is one file without libraries, start fastest.
  return `set -e
/bin/busybox mkdir /run/busybox; /bin/busybox --install -s /run/busybox
export PATH=/run/busybox:/usr/sbin:/usr/bin:/sbin:/bin
hostname ${nameOf(number)}
cd /
mkdir -p /dev/pts /dev/shm
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts; mount -t tmpfs tmpfs /dev/shm
mount -t cgroup2 cgroup2 /sys/fs/cgroup
${preparesRoot({ own: `${seen}/host`, shared: `${seen}/shared`, keptFolders })}
exec bash ${seen}/host/init.sh
`
}

/** The name of a host among the initiators of iSCSI. */
export const initiatorOf = (number: number): string => `iqn.2026-01.lab.virtdeck:node${number}`

/**
 * What a host's own kernel needs beside the daemons of every host: udev for block devices, rpcbind for NFS 3, QEMU's guest agent, and the start of iscsid
 * by iscsiadm, which asks systemd for it on Debian.
 */
export function machineServices(number: number): string {
  return `
/lib/systemd/systemd-udevd --daemon
rpcbind
echo InitiatorName=${initiatorOf(number)} > /etc/iscsi/initiatorname.iscsi
printf '%s\\n' '#!/bin/sh' 'modprobe iscsi_tcp && exec iscsid' > /usr/local/sbin/start-iscsid; busybox chmod 755 /usr/local/sbin/start-iscsid
busybox sed -i 's#^iscsid.startup *=.*#iscsid.startup = /usr/local/sbin/start-iscsid#' /etc/iscsi/iscsid.conf
rm -f /run/qemu-ga.pid; qemu-ga -d -m virtio-serial -p /dev/vport*p1 -t /run -l /run/qemu-ga.log
`
}

/** `reboot` and `poweroff` of a host with a kernel of its own: the kernel's call, as systemd makes it at the end. */
export function machinePowerLine(name: 'reboot' | 'poweroff'): string {
  return powerLine(name, `[ -d ${seen}/host ]`)
}

/** The script that runs a machine on this one: in the network namespace of the host, with mounts of its own. It ends with the machine. */
export function machineScript(slot: number, number: number, paths: HostPaths, kernel: string, initrd: string): string {
  const { root, shared } = paths
  const networks = [0, 1]
  const mac = (network: number) => `52:54:00:77:${hex(network)}:${hex(lastByte(slot, number))}`
  const bridge = (n: number) => `ip link show br${n} > /dev/null 2>&1 || {
  ip link add br${n} type bridge; ip tuntap add tap${n} mode tap
  for link in br${n} tap${n} eth${n}; do ip link set $link addrgenmode none; done
  ip link set tap${n} master br${n}; ip link set eth${n} master br${n}
  for link in br${n} tap${n} eth${n}; do ip link set $link up; done
}`
  const qemu = [
    'qemu-system-x86_64',
    '-nodefaults -no-user-config -display none -no-reboot',
    // With -cpu max the machine hangs when libvirtd asks QEMU for what it can do.
    '-machine q35,accel=tcg -cpu Nehalem -smp 1',
    `-m ${machineMemoryMiB} -object memory-backend-memfd,id=memory,size=${machineMemoryMiB}M,share=on -numa node,memdev=memory`,
    `-kernel /boot/vmlinuz-${kernel} -initrd ${initrd}`,
    `-append '${kernelOptions.join(' ')}'`,
    ...shares.map(
      ({ tag }) =>
        `-chardev socket,id=${tag},path=${root}/${tag}.sock -device vhost-user-fs-pci,queue-size=1024,chardev=${tag},tag=${tag}`,
    ),
    ...networks.map(
      (n) =>
        `-netdev tap,id=lab${n},ifname=tap${n},script=no,downscript=no -device virtio-net-pci,id=nic${n},netdev=lab${n},mac=${mac(n)}`,
    ),
    '-device virtio-rng-pci -device virtio-serial-pci',
    `-chardev socket,id=agent,path=${root}/agent.sock,server=on,wait=off`,
    '-device virtserialport,chardev=agent,name=org.qemu.guest_agent.0',
    `-qmp unix:${root}/qmp.sock,server=on,wait=off`,
    `-chardev file,id=console,path=${root}/boot.log,append=on -serial chardev:console`,
  ]
  const serve = ({ tag, cache }: (typeof shares)[number]) => `
/usr/lib/qemu/virtiofsd -f --socket-path="${root}/${tag}.sock" -o source="${root}/given/${tag}" -o cache=${cache} -o sandbox=chroot -o no_posix_lock >> "${root}/virtiofsd.log" 2>&1 &
until [ -S "${root}/${tag}.sock" ]; do kill -0 $!; sleep 0.02; done`
  return `set -e
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount --make-rprivate /
mkdir -p "${root}/given"
mount -t tmpfs tmpfs "${root}/given"
cd "${root}/given"
mkdir -p root lab/host lab/shared
mount --bind / root; mount -o remount,bind,ro root
mount --bind "${root}" lab/host; mount --bind "${shared}" lab/shared
${networks.map(bridge).join('\n')}
rm -f "${root}"/*.sock
${shares.map(serve).join('\n')}
exec ${qemu.join(' \\\n  ')}
`
}

function lastByte(slot: number, number: number): number {
  return Number(placeOf(slot, number).addresses.lab0.split('.').at(-1))
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
