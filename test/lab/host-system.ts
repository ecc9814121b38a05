import { existsSync } from 'node:fs'
import { fetchBareDebian13, fetchDebian13 } from './debian-root.ts'
import { fetchModularLibvirt } from './modular-libvirt.ts'

/**
 * Whose programs a host runs: this machine's own (Debian 12), or Debian 13's (libvirt 11.3, OpenSSH 10, QEMU 10). `debian-13-bare`: that one without
 * libvirt and QEMU, which its apt can install; with `libvirt: 'absent'` only.
 */
export type HostSystem = (typeof systems)[number]
const systems = ['machine', 'debian-13', 'debian-13-bare'] as const

/**
 * Which daemons of libvirt run. `libvirtd`: one for everything, as Debian has it. The others are modular daemons, which make
 * the host a Debian 13 with libvirt built from Debian's source package: `virtproxyd`: one a driver, and a proxy on libvirtd's
 * socket; `modular`: the same without the proxy; `virtqemud`: that one alone. `absent`: none, and no program of libvirt either.
 */
export type HostLibvirt = 'libvirtd' | 'virtproxyd' | 'modular' | 'virtqemud' | 'absent'

const secondary = ['virtstoraged', 'virtnetworkd', 'virtnodedevd', 'virtsecretd'] as const

/** A daemon of libvirt that answers calls. */
export type LibvirtDaemon = 'libvirtd' | 'virtqemud' | 'virtproxyd' | (typeof secondary)[number]

const daemons: Readonly<Record<HostLibvirt, readonly LibvirtDaemon[]>> = {
  libvirtd: ['libvirtd'],
  virtproxyd: ['virtqemud', ...secondary, 'virtproxyd'],
  modular: ['virtqemud', ...secondary],
  virtqemud: ['virtqemud'],
  absent: [],
}

/**
 * What a host is where a test does not say: VIRTDECK_LAB_SYSTEM and VIRTDECK_LAB_LIBVIRT, so that a test file can be run again
 * on hosts of another kind. Throws where they name no kind.
 */
export function readHostDefaults(env = process.env): { readonly system: HostSystem; readonly libvirt: HostLibvirt } {
  return {
    system: oneOf('VIRTDECK_LAB_SYSTEM', systems, env.VIRTDECK_LAB_SYSTEM ?? 'machine'),
    libvirt: oneOf(
      'VIRTDECK_LAB_LIBVIRT',
      Object.keys(daemons) as HostLibvirt[],
      env.VIRTDECK_LAB_LIBVIRT ?? 'libvirtd',
    ),
  }
}

/** The daemons that a host of this kind runs. */
export function daemonsOf(libvirt: HostLibvirt): readonly LibvirtDaemon[] {
  return daemons[libvirt]
}

/** The socket that a daemon answers on. */
export function socketOf(daemon: LibvirtDaemon): string {
  const name = daemon === 'libvirtd' || daemon === 'virtproxyd' ? 'libvirt-sock' : `${daemon}-sock`
  return `/run/libvirt/${name}`
}

/** The folders that a host's root is made of, what lies in the first over what lies in the next. Makes them where they lack. */
export async function fetchLayers(system: HostSystem, libvirt: HostLibvirt): Promise<readonly string[]> {
  if (daemonsOf(libvirt).includes('virtqemud')) return [await fetchModularLibvirt(), await fetchDebian13()]
  if (system === 'debian-13-bare') return [await fetchBareDebian13()]
  return [system === 'debian-13' ? await fetchDebian13() : '/']
}

/** Where a file of the root lies: in the first layer that has it. */
export function findInLayers(layers: readonly string[], path: string): string {
  const layer = layers.find((each) => existsSync(`${each}${path}`))
  if (layer === undefined) throw new Error(`A host of ${layers.join(', ')} has no ${path}`)
  return `${layer === '/' ? '' : layer}${path}`
}

function oneOf<T extends string>(what: string, allowed: readonly T[], value: string): T {
  const found = allowed.find((each) => each === value)
  if (found === undefined) throw new Error(`${what} is one of ${allowed.join(', ')}; not ${value}.`)
  return found
}
