import { createHash } from 'node:crypto'
import { fetchCached } from './cache.ts'
import { runCommand } from './command.ts'

const debianSuite = 'trixie'
/** Read on to the package mirror when apt of this machine names none. */
const defaultMirror = 'http://deb.debian.org/debian'
const makeLimitMs = 15 * 60_000

/** What a host needs beside Debian's essential packages. */
const hostPackages = [
  'libvirt-daemon-system',
  'libvirt-clients',
  'qemu-system-x86',
  'qemu-utils',
  'openssh-server',
  'openssh-client',
  'iproute2',
  'iptables',
  'dnsmasq-base',
  'netcat-openbsd',
  'procps',
  'busybox-static',
]

/** The root folder of a host of Debian 13; made by the first who asks, in less than a minute on two idle cores. */
export async function fetchDebian13(): Promise<string> {
  const folder = await fetchCached({
    name: 'debian-13',
    key: keyOf(hostPackages),
    timeoutMs: makeLimitMs,
    make: (target) => makeDebianRoot(`${target}/root`, hostPackages),
  })
  return `${folder}/root`
}

/** What a host needs that nothing is installed on yet. */
const barePackages = ['openssh-server', 'openssh-client', 'iproute2', 'procps', 'busybox-static', 'sudo']
/** What tests install there. */
const laterPackages = ['libvirt-daemon-system', 'libvirt-clients', 'qemu-system-x86', 'qemu-utils']

/**
 * The root folder of a host of Debian 13 without libvirt and QEMU. Hosts of the lab reach no mirror: a stand-in for it is apt's own
 * cache, which holds the lists and what tests install.
 */
export async function fetchBareDebian13(): Promise<string> {
  const folder = await fetchCached({
    name: 'debian-13-bare',
    key: keyOf([barePackages, laterPackages]),
    timeoutMs: makeLimitMs,
    make: (target) => makeDebianRoot(`${target}/root`, barePackages, { cached: laterPackages }),
  })
  return `${folder}/root`
}

/** Changes with what is given. */
export function keyOf(recipe: unknown): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12)
}

/** Makes a root folder of Debian 13 with these packages. `source`: its apt knows of the source packages too. `cached`: those that lie in apt's cache. */
export async function makeDebianRoot(
  target: string,
  packages: readonly string[],
  { source = false, cached = [] }: { readonly source?: boolean; readonly cached?: readonly string[] } = {},
): Promise<void> {
  const mirror = await fetchMirror()
  const kinds = source ? ['deb', 'deb-src'] : ['deb']
  const unread = ['doc', 'man', 'info', 'locale'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`)
  await runContained(
    [
      'mmdebstrap',
      '--quiet',
      '--mode=root',
      '--variant=minbase',
      '--dpkgopt=force-unsafe-io',
      ...unread,
      '--aptopt=APT::Install-Recommends "false"',
      ...(await readAptOptions()).map((option) => `--aptopt=${option}`),
      `--include=${packages.join(',')}`,
      ...(cached.length === 0
        ? []
        : [
            '--skip=cleanup/apt',
            `--customize-hook=chroot "$1" apt-get -q -y --download-only install ${cached.join(' ')}`,
          ]),
      debianSuite,
      target,
      ...kinds.map((kind) => `${kind} ${mirror} ${debianSuite} main`),
    ],
    makeLimitMs,
  )
}

/** Runs a program with mounts and processes of its own, which end with it, and it with us: it may mount what it likes. */
export function runContained(command: readonly string[], timeoutMs: number): Promise<unknown> {
  const alone = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
  return runCommand('setpriv', ['--pdeathsig', 'KILL', ...alone, ...command], { timeoutMs })
}

/** The mirror that this machine's own apt uses: it can be reached from here. */
async function fetchMirror(): Promise<string> {
  const query = ['indextargets', '--format', '$(SITE)', 'Origin: Debian', 'Component: main', 'Created-By: Packages']
  const { stdout } = await runCommand('apt-get', query, { allowFailure: true })
  return stdout.split('\n').find((site) => site !== '' && !site.includes('security')) ?? defaultMirror
}

/** How this machine's apt reaches its mirrors: proxies, and whether dates are believed. */
async function readAptOptions(): Promise<string[]> {
  const { stdout } = await runCommand('apt-config', ['dump', '--no-empty', 'Acquire'], { allowFailure: true })
  return stdout.split('\n').filter((line) => /^Acquire::(https?::Proxy|Check-)/.test(line))
}
