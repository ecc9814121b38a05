import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { buildInitrd, newestKernel } from './initrd.ts'

const modules = [
  'virtio_net',
  'virtio_blk',
  'virtio_balloon',
  'virtio_console',
  'virtio_pci',
  'virtio_rng',
  'e1000',
  'button',
  'evdev',
]
const memtest = '/boot/memtest86+x64.bin'

/** Where a host finds the images of the guests. */
export const guestPaths = {
  kernel: '/mnt/guests/vmlinuz',
  initrd: '/mnt/guests/initrd.gz',
  /** With QEMU's guest agent: `prepareAgentGuest` puts it there. */
  agentInitrd: '/mnt/guests/initrd-agent.gz',
  memtest: '/mnt/guests/memtest.bin',
} as const

/** What makes of the small guest one with an agent. Without hwclock the agent sets no clock; chpasswd is a stand-in that writes down what it is told. */
const agentLines = `
[ -b /dev/vda ] && mount -t ext4 /dev/vda /data
ln -s /bin/busybox /sbin/hwclock
printf '#!/bin/busybox sh\\necho "with $@" > /run/chpasswd; cat >> /run/chpasswd\\n' > /bin/chpasswd; chmod 755 /bin/chpasswd
hostname lab-guest; echo 'root:x:0:0::/:/bin/sh' > /etc/passwd; echo 'PRETTY_NAME="Lab guest 1"' > /etc/os-release
for p in /sys/class/virtio-ports/*; do
  [ "$(cat $p/name 2>/dev/null)" = org.qemu.guest_agent.0 ] && /usr/sbin/qemu-ga -p /dev/\${p##*/} -t /run &
done`

const createInit = (moreLines = '') => `#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
while read m; do insmod /lib/m/$m; done < /lib/m/order
for a in $(cat /proc/cmdline); do case $a in ip=*) IP=\${a#ip=};; keys) KEYS=1;; esac; done${moreLines}
ip link set lo up; ip link set eth0 up; [ -n "$IP" ] && ip addr add $IP/24 dev eth0
echo "<h1>the site stays up</h1>" > /www/index.html; httpd -h /www -p 80
for e in /sys/class/input/event*; do
  [ "$(cat $e/device/name)" = "Power Button" ] || continue
  exec 9< /dev/input/\${e##*/}  # open before GUEST-READY: a press that nobody has open is lost
  (dd of=/dev/null bs=24 count=1 <&9 2>/dev/null; poweroff -f) &
done
for e in /sys/class/input/event*; do
  case "$KEYS $(cat $e/device/name)" in "1 AT Translated"*) hexdump -v -e '"KEY " 12/2 "%u " "\n"' /dev/input/\${e##*/} & ;; esac
done
echo GUEST-READY
while :; do setsid cttyhack sh < /dev/console > /dev/console 2>&1; sleep 1; done
`

const folders = ['proc', 'sys', 'dev', 'www']

/** Puts the kernel and initrd of a small Linux guest, and memtest86+, into `directory`. Built once and kept in /var/tmp. */
export async function prepareGuestImages(directory: string): Promise<void> {
  const kernel = newestKernel()
  const built = await buildInitrd(kernel, { name: 'initrd', init: createInit(), modules, folders })
  await copyFile(`/boot/vmlinuz-${kernel}`, join(directory, basename(guestPaths.kernel)))
  await copyFile(built, join(directory, basename(guestPaths.initrd)))
  if (existsSync(memtest)) await copyFile(memtest, join(directory, basename(guestPaths.memtest)))
}

/** Puts beside them, for guests with `agent: true`, an initrd that is several MB larger: few tests want it. */
export async function prepareAgentGuest(directory: string): Promise<void> {
  const built = await buildInitrd(newestKernel(), {
    name: 'initrd-agent',
    init: createInit(agentLines),
    modules,
    folders: [...folders, 'etc', 'run', 'data', 'sbin'],
    programs: ['/usr/sbin/qemu-ga'],
  })
  await copyFile(built, join(directory, basename(guestPaths.agentInitrd)))
}
