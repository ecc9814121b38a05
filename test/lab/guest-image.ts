import { existsSync, globSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { runCommand } from './command.ts'

const cacheDir = '/var/tmp/virtdeck-lab-guest'
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
  kernel: '/mnt/data/vmlinuz',
  initrd: '/mnt/data/initrd.gz',
  memtest: '/mnt/data/memtest.bin',
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
  const built = await buildInitrd(kernel)
  await copyFile(`/boot/vmlinuz-${kernel}`, join(directory, basename(guestPaths.kernel)))
  await copyFile(built, join(directory, basename(guestPaths.initrd)))
  if (existsSync(memtest)) await copyFile(memtest, join(directory, basename(guestPaths.memtest)))
}

function newestKernel(): string {
  const names = globSync('/boot/vmlinuz-*-cloud-amd64').map((file) => basename(file).slice('vmlinuz-'.length))
  const newest = names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)
  if (!newest) throw new Error('No kernel for the guests: apt-get install linux-image-cloud-amd64')
  return newest
}

async function buildInitrd(kernel: string): Promise<string> {
  const key = Buffer.from(`${init}${modules.join()}`).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7)
  const target = join(cacheDir, `initrd-${kernel}-${key.toString(16)}.gz`)
  if (existsSync(target) && (await stat(target)).size > 0) return target
  await mkdir(cacheDir, { recursive: true })
  const root = await mkdtemp(join(cacheDir, 'build-'))
  try {
    for (const name of ['bin', 'proc', 'sys', 'dev', 'www', 'lib/m']) await mkdir(join(root, name), { recursive: true })
    await copyFile('/bin/busybox', join(root, 'bin/busybox'))
    const order: string[] = []
    for (const file of await listModuleFiles(kernel)) {
      await copyFile(file, join(root, 'lib/m', basename(file)))
      order.push(`${basename(file)}\n`)
    }
    await writeFile(join(root, 'lib/m/order'), order.join(''))
    await writeFile(join(root, 'init'), init)
    await chmod(join(root, 'init'), 0o755)
    const half = `${target}.${process.pid}`
    await runCommand('sh', ['-c', 'set -e; cd "$0"; find . | cpio -o -H newc 2>/dev/null | gzip -1 > "$1"', root, half])
    await rename(half, target)
    return target
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function listModuleFiles(kernel: string): Promise<string[]> {
  const builtin = await readFile(`/lib/modules/${kernel}/modules.builtin`, 'utf8')
  const files = new Set<string>()
  for (const name of modules) {
    if (builtin.includes(`/${name}.ko`)) continue
    const { stdout } = await runCommand('modprobe', ['-S', kernel, '--show-depends', name], { allowFailure: true })
    for (const [, file] of stdout.matchAll(/^insmod (\S+)/gm)) if (file) files.add(file)
  }
  return [...files]
}
