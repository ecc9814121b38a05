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
  memtest: '/mnt/guests/memtest.bin',
} as const

const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
while read m; do insmod /lib/m/$m; done < /lib/m/order
for a in $(cat /proc/cmdline); do case $a in ip=*) IP=\${a#ip=};; keys) KEYS=1;; esac; done
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

/** Puts the kernel and initrd of a small Linux guest, and memtest86+, into `directory`. Built once and kept in /var/tmp. */
export async function prepareGuestImages(directory: string): Promise<void> {
  const kernel = newestKernel()
  const built = await buildInitrd(kernel, { name: 'initrd', init, modules, folders: ['proc', 'sys', 'dev', 'www'] })
  await copyFile(`/boot/vmlinuz-${kernel}`, join(directory, basename(guestPaths.kernel)))
  await copyFile(built, join(directory, basename(guestPaths.initrd)))
  if (existsSync(memtest)) await copyFile(memtest, join(directory, basename(guestPaths.memtest)))
}
