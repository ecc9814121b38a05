import type { SimulatedHost } from './host/simulated-host.ts'

interface KnownScript {
  /** What of the script tells it from all others. */
  readonly has: RegExp
  readonly print: (host: SimulatedHost) => readonly string[]
}

const FREE_KIB = 800 * 1024 * 1024

/** Bridges that networks of the host are plugged into. */
function bridgesOf({ networks }: SimulatedHost): string[] {
  const names = [...networks.values()].flatMap(({ xml }) => /<bridge name=['"]([\w.-]+)['"]/.exec(xml)?.[1] ?? [])
  return [...new Set(names)]
}

/**
 * A simulated host has no shell. These questions of the engine it answers all the same, as a host of Debian would; each is known by
 * a part that no other script has.
 */
const KNOWN: readonly KnownScript[] = [
  {
    // What a host is, before it is added.
    has: /^LC_ALL=C;[\s\S]*echo "machine-id=/,
    print: ({ spec, clock }) => [
      `time=${(clock.now() / 1_000).toFixed(3)}`,
      'uid=0',
      `name=${spec.address}`,
      'architecture=x86_64',
      `flags=${spec.cpuVendor === 'AMD' ? 'svm' : 'vmx'}`,
      'kvm=device 660 0 105 kvm',
      `memory=${spec.memoryKiB}`,
      `machine-id=${spec.uuid.replaceAll('-', '')}`,
      `space=${FREE_KIB} /var/lib/libvirt`,
      'system=debian||13|Debian GNU/Linux 13 (trixie)',
      'packages=apt-get',
      ...['libvirtd', 'virt-ssh-helper', 'nc', 'bash', 'python3', 'systemctl', 'qemu'].map((name) => `program=${name}`),
    ],
  },
  {
    // Which bridges there are.
    has: /^cd \/sys\/class\/net && for n in \*/,
    print: bridgesOf,
  },
  {
    // Whether the files and bridges of a machine are there, which prints what is not: everything is.
    has: /^\[ -[ed] '[^']*' \] \|\| \{ \[ -d /,
    print: () => [],
  },
]

/** What a script prints on a simulated host; null: it is none of those that are known. */
export function answerScript(host: SimulatedHost, script: string): string | null {
  const known = KNOWN.find(({ has }) => has.test(script))
  if (known === undefined) return null
  return known
    .print(host)
    .map((line) => `${line}\n`)
    .join('')
}
