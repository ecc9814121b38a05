import { rename, writeFile } from 'node:fs/promises'
import { fetchCached } from './cache.ts'
import { keyOf, makeDebianRoot, runContained } from './debian-root.ts'

const makeLimitMs = 90 * 60_000

const buildPackages = [
  'dpkg-dev',
  'gcc',
  'libc6-dev',
  'libglib2.0-dev',
  'libgnutls28-dev',
  'libjson-c-dev',
  'libnl-3-dev',
  'libnl-route-3-dev',
  'libpciaccess-dev',
  'libtirpc-dev',
  'libudev-dev',
  'libxml2-dev',
  'libxml2-utils',
  'meson',
  'ninja-build',
  'pkgconf',
  'python3-minimal',
  'xsltproc',
]

/** What the tests use of libvirt, and what that needs; everything else is switched off. */
const features = [
  'driver_remote',
  'driver_libvirtd',
  'driver_qemu',
  'driver_network',
  'driver_secrets',
  'storage_dir',
  'udev',
  'pciaccess',
  'libnl',
  'json_c',
]

const mesonOptions = [
  '--auto-features=disabled',
  ...features.map((feature) => `-D${feature}=enabled`),
  '--buildtype=plain',
  '-Doptimization=1',
  '--prefix=/usr',
  '--libdir=lib/x86_64-linux-gnu',
  '--libexecdir=lib/libvirt',
  '--sysconfdir=/etc',
  '--localstatedir=/var',
  '-Drunstatedir=/run',
  '-Dqemu_user=libvirt-qemu',
  '-Dqemu_group=libvirt-qemu',
  '-Dinit_script=none',
  '-Dgit_werror=disabled',
]

/*
 * The two archives of the source package are checked against apt's index, which Debian's key signs. The .dsc would add nothing,
 * and some mirrors lack it.
 */
const buildScript = `set -eu
mkdir -p /build/source /build/result
cd /build
apt-get -qq update
apt-cache showsrc --only-source libvirt > about
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Sources' | head -n 1)
directory=$(sed -n 's/^Directory: //p' about | tail -n 1)
fetch() {
  sed -n '/^Checksums-Sha256:/,/^[A-Z]/p' about | grep "[.]$1[.]tar[.]xz$" | tail -n 1 > line
  read -r sum size name < line
  /usr/lib/apt/apt-helper -qq download-file "$mirror/$directory/$name" "$1.tar.xz" "SHA256:$sum"
}
fetch orig; tar -xf orig.tar.xz -C source --strip-components=1
fetch debian; tar -xf debian.tar.xz -C source
cd source
grep -v -e '^#' -e '^$' debian/patches/series | while read -r name; do patch -s -p1 < "debian/patches/$name"; done
meson setup /build/objects ${mesonOptions.join(' ')}
ninja -C /build/objects
DESTDIR=/build/result meson install -C /build/objects --no-rebuild --quiet
`

/**
 * The files of libvirt's modular daemons (virtqemud, virtproxyd and their kin), to lay over a Debian 13 host: Debian does not
 * ship them. Built from its source package by the first who asks, in about five minutes on two idle cores.
 */
export async function fetchModularLibvirt(): Promise<string> {
  const folder = await fetchCached({
    name: 'modular-libvirt',
    key: keyOf([buildPackages, buildScript]),
    timeoutMs: makeLimitMs,
    make: buildModularLibvirt,
  })
  return `${folder}/root`
}

async function buildModularLibvirt(folder: string): Promise<void> {
  const root = `${folder}/build-root`
  await makeDebianRoot(root, buildPackages, { source: true })
  await writeFile(`${root}/build.sh`, buildScript)
  const build = [
    'mount -t proc proc "$0/proc"',
    'mount --rbind /dev "$0/dev"',
    'cp /etc/resolv.conf "$0/etc/resolv.conf"',
    'exec nice -n 10 chroot "$0" sh /build.sh',
  ]
  await runContained(['sh', '-ec', build.join('; '), root], makeLimitMs)
  await rename(`${root}/build/result`, `${folder}/root`)
  await runContained(['rm', '-rf', root], makeLimitMs)
}
