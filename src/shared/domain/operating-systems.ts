/** What a machine needs so that a system installs and runs well on it. */
export interface OperatingSystem {
  /** The short name that libosinfo and virt-install know it by, where they do. */
  readonly id: string
  /** As its makers write it; the same in every language. Of `linux` and `other` the page has words of its own. */
  readonly name: string
  readonly family: 'linux' | 'windows' | 'bsd' | 'other'
  /** How libosinfo, virt-manager and others name it in a definition; null: they do not. */
  readonly libosinfoId: string | null
  /** What its installer has drivers for. */
  readonly diskBus: 'virtio' | 'sata'
  readonly nicModel: 'virtio' | 'e1000e'
  readonly video: 'virtio' | 'vga'
  /** `any`: it boots with both; the others are what it cannot be installed without. */
  readonly firmware: 'any' | 'bios' | 'uefi' | 'uefi-secure'
  /** It wants a TPM 2.0. */
  readonly tpm: boolean
  /** What it takes the machine's clock for. */
  readonly clock: 'utc' | 'localtime'
  /** It knows the enlightenments of Hyper-V. */
  readonly hyperV: boolean
  /** Images for clouds come with cloud-init. */
  readonly cloudInit: boolean
  readonly minimum: MachineSize
  readonly recommended: MachineSize
  /** Labels of its installation media. */
  readonly media: readonly RegExp[]
}

export interface MachineSize {
  readonly memoryMiB: number
  readonly vcpus: number
  readonly diskGiB: number
}

type Traits = Omit<OperatingSystem, 'id' | 'name' | 'libosinfoId' | 'minimum' | 'recommended' | 'media'>

const linux: Traits = {
  family: 'linux',
  diskBus: 'virtio',
  nicModel: 'virtio',
  video: 'virtio',
  firmware: 'any',
  tpm: false,
  clock: 'utc',
  hyperV: false,
  cloudInit: true,
}
const bsd: Traits = { ...linux, family: 'bsd', video: 'vga' }
// The installer of Windows has no virtio drivers: they are on a medium of their own.
const windows: Traits = {
  family: 'windows',
  diskBus: 'sata',
  nicModel: 'e1000e',
  video: 'vga',
  firmware: 'any',
  tpm: false,
  clock: 'localtime',
  hyperV: true,
  cloudInit: false,
}

const size = (memoryMiB: number, vcpus: number, diskGiB: number): MachineSize => ({ memoryMiB, vcpus, diskGiB })

interface Entry {
  readonly id: string
  readonly name: string
  /** Behind "http://". */
  readonly libosinfo: string | null
  readonly media?: readonly RegExp[]
}

/** Systems that differ by their names and media only. */
function family(
  traits: Traits,
  { minimum, recommended }: Pick<OperatingSystem, 'minimum' | 'recommended'>,
  entries: readonly Entry[],
): OperatingSystem[] {
  return entries.map(({ id, name, libosinfo, media = [] }) => ({
    ...traits,
    id,
    name,
    libosinfoId: libosinfo === null ? null : `http://${libosinfo}`,
    minimum,
    recommended,
    media,
  }))
}

/** Debian's media: "Debian 12.5.0 amd64 n", and the live ones. */
const debianMedia = (version: number) => [
  new RegExp(`^Debian ${version}\\.\\d+\\.\\d+ \\S+ (?:n|\\d+)$`),
  new RegExp(`^d-live ${version}\\.\\d+\\.\\d+ `),
]
const ubuntuMedia = (version: string) => [
  new RegExp(`^Ubuntu(?:-Server)? ${version.replace('.', '\\.')}(?:\\.\\d+)*(?: LTS)? `),
]
const fedoraMedia = (version: number) => [new RegExp(`^Fedora-.*[_-]${version}(?:[-_.].*)?$`)]

const systems: readonly OperatingSystem[] = [
  ...family(linux, { minimum: size(512, 1, 4), recommended: size(2_048, 2, 20) }, [
    { id: 'debian13', name: 'Debian 13', libosinfo: 'debian.org/debian/13', media: debianMedia(13) },
    { id: 'debian12', name: 'Debian 12', libosinfo: 'debian.org/debian/12', media: debianMedia(12) },
    { id: 'debian11', name: 'Debian 11', libosinfo: 'debian.org/debian/11', media: debianMedia(11) },
  ]),
  ...family(linux, { minimum: size(1_024, 1, 8), recommended: size(4_096, 2, 25) }, [
    { id: 'ubuntu26.04', name: 'Ubuntu 26.04 LTS', libosinfo: 'ubuntu.com/ubuntu/26.04', media: ubuntuMedia('26.04') },
    { id: 'ubuntu24.04', name: 'Ubuntu 24.04 LTS', libosinfo: 'ubuntu.com/ubuntu/24.04', media: ubuntuMedia('24.04') },
    { id: 'ubuntu22.04', name: 'Ubuntu 22.04 LTS', libosinfo: 'ubuntu.com/ubuntu/22.04', media: ubuntuMedia('22.04') },
    { id: 'ubuntu20.04', name: 'Ubuntu 20.04 LTS', libosinfo: 'ubuntu.com/ubuntu/20.04', media: ubuntuMedia('20.04') },
  ]),
  ...family(linux, { minimum: size(2_048, 1, 10), recommended: size(4_096, 2, 20) }, [
    rhelLike('rhel10', 'Red Hat Enterprise Linux 10', 'redhat.com/rhel/10-unknown', /^RHEL-10[-.]/),
    rhelLike('rhel9', 'Red Hat Enterprise Linux 9', 'redhat.com/rhel/9-unknown', /^RHEL-9[-.]/),
    rhelLike('rhel8', 'Red Hat Enterprise Linux 8', 'redhat.com/rhel/8-unknown', /^RHEL-8[-.]/),
    rhelLike('almalinux10', 'AlmaLinux 10', 'almalinux.org/almalinux/10', /^AlmaLinux-10[-_.]/),
    rhelLike('almalinux9', 'AlmaLinux 9', 'almalinux.org/almalinux/9', /^AlmaLinux-9[-_.]/),
    rhelLike('almalinux8', 'AlmaLinux 8', 'almalinux.org/almalinux/8', /^AlmaLinux-8[-_.]/),
    rhelLike('rocky10', 'Rocky Linux 10', 'rockylinux.org/rocky/10', /^Rocky-10[-_.]/),
    rhelLike('rocky9', 'Rocky Linux 9', 'rockylinux.org/rocky/9', /^Rocky-9[-_.]/),
    rhelLike('rocky8', 'Rocky Linux 8', 'rockylinux.org/rocky/8', /^Rocky-8[-_.]/),
    rhelLike('ol10', 'Oracle Linux 10', 'oracle.com/ol/10.0', /^OL-10[-.]/),
    rhelLike('ol9', 'Oracle Linux 9', 'oracle.com/ol/9.0', /^OL-9[-.]/),
    rhelLike('ol8', 'Oracle Linux 8', 'oracle.com/ol/8.0', /^OL-8[-.]/),
    rhelLike('centos-stream10', 'CentOS Stream 10', 'centos.org/centos-stream/10', /^CentOS-Stream-10-/),
    rhelLike('centos-stream9', 'CentOS Stream 9', 'centos.org/centos-stream/9', /^CentOS-Stream-9-/),
  ]),
  ...family(
    linux,
    { minimum: size(2_048, 1, 15), recommended: size(4_096, 2, 25) },
    [44, 43, 42].map((version) => ({
      id: `fedora${version}`,
      name: `Fedora ${version}`,
      libosinfo: `fedoraproject.org/fedora/${version}`,
      media: fedoraMedia(version),
    })),
  ),
  ...family(linux, { minimum: size(1_024, 1, 10), recommended: size(4_096, 2, 40) }, [
    { id: 'sles16.0', name: 'SUSE Linux Enterprise 16', libosinfo: 'suse.com/sle/16.0', media: [/^SLES?-16[.-]/] },
    { id: 'sle15', name: 'SUSE Linux Enterprise 15', libosinfo: 'suse.com/sle/15-unknown', media: [/^SLE-15-/] },
    {
      id: 'opensuse16.0',
      name: 'openSUSE Leap 16',
      libosinfo: 'opensuse.org/opensuse/16.0',
      media: [/^(?:openSUSE-)?Leap-16\./],
    },
    {
      id: 'opensuse15.6',
      name: 'openSUSE Leap 15',
      libosinfo: 'opensuse.org/opensuse/15.6',
      media: [/^openSUSE-Leap-15\./],
    },
    {
      id: 'opensusetumbleweed',
      name: 'openSUSE Tumbleweed',
      libosinfo: 'opensuse.org/opensuse/tumbleweed',
      media: [/^openSUSE-Tumbleweed-/],
    },
  ]),
  ...family(linux, { minimum: size(512, 1, 4), recommended: size(2_048, 2, 20) }, [
    { id: 'archlinux', name: 'Arch Linux', libosinfo: 'archlinux.org/archlinux/rolling', media: [/^ARCH_\d{6}$/] },
  ]),
  ...family(linux, { minimum: size(128, 1, 1), recommended: size(512, 1, 4) }, [
    {
      id: 'alpinelinux',
      name: 'Alpine Linux 3',
      libosinfo: 'alpinelinux.org/alpinelinux/edge',
      media: [/^alpine-\w+ v?3\.\d+/],
    },
  ]),
  ...family({ ...linux, video: 'vga' }, { minimum: size(128, 1, 1), recommended: size(2_048, 2, 20) }, [
    { id: 'linux', name: 'Linux', libosinfo: 'libosinfo.org/linux/2022' },
  ]),
  ...family(bsd, { minimum: size(512, 1, 8), recommended: size(2_048, 2, 20) }, [
    { id: 'freebsd15.0', name: 'FreeBSD 15', libosinfo: 'freebsd.org/freebsd/15.0', media: [/^15_\d+_\w+?_\w+_\w+$/] },
    { id: 'freebsd14.0', name: 'FreeBSD 14', libosinfo: 'freebsd.org/freebsd/14.0', media: [/^14_\d+_\w+?_\w+_\w+$/] },
    {
      id: 'openbsd7',
      name: 'OpenBSD 7',
      libosinfo: 'openbsd.org/openbsd/7.2',
      media: [/^OpenBSD\/\S+ +7\.\d+ /],
    },
  ]),
  ...family(
    { ...windows, firmware: 'uefi-secure', tpm: true },
    { minimum: size(4_096, 2, 64), recommended: size(8_192, 4, 80) },
    [{ id: 'win11', name: 'Windows 11', libosinfo: 'microsoft.com/win/11' }],
  ),
  ...family(windows, { minimum: size(2_048, 1, 32), recommended: size(4_096, 2, 50) }, [
    { id: 'win10', name: 'Windows 10', libosinfo: 'microsoft.com/win/10' },
    { id: 'win2k25', name: 'Windows Server 2025', libosinfo: 'microsoft.com/win/2k25' },
    { id: 'win2k22', name: 'Windows Server 2022', libosinfo: 'microsoft.com/win/2k22' },
    { id: 'win2k19', name: 'Windows Server 2019', libosinfo: 'microsoft.com/win/2k19' },
    { id: 'win2k16', name: 'Windows Server 2016', libosinfo: 'microsoft.com/win/2k16' },
  ]),
  ...family(
    { ...linux, family: 'other', diskBus: 'sata', nicModel: 'e1000e', video: 'vga', cloudInit: false },
    { minimum: size(16, 1, 1), recommended: size(1_024, 1, 10) },
    [{ id: 'other', name: 'Other', libosinfo: null }],
  ),
]

function rhelLike(id: string, name: string, libosinfo: string, medium: RegExp): Entry {
  return { id, name, libosinfo, media: [medium] }
}

/** The systems that new machines are set up for; of each family the newest first, and what is not in it last. */
export const OPERATING_SYSTEMS = systems

const OTHER = systems.find(({ id }) => id === 'other') as OperatingSystem

/** By its id; what nobody knows, and what nobody named, is `other`. */
export function findOperatingSystem(id: string | null | undefined): OperatingSystem {
  return systems.find((system) => system.id === id) ?? OTHER
}

/** By the name that libosinfo gives it in a definition. */
export function findByLibosinfoId(libosinfoId: string): OperatingSystem | null {
  return systems.find((system) => system.libosinfoId === libosinfoId) ?? null
}

/** The one that a definition names, by the name that libosinfo gives it or by the short one; null: it is none of them. Pure. */
export function findNamedOperatingSystem(named: string): OperatingSystem | null {
  return findByLibosinfoId(named) ?? systems.find(({ id }) => id === named) ?? null
}

/** What a definition names, to read: "AlmaLinux 10", and of what is not in the table "debian 10" for "http://debian.org/debian/10". Pure. */
export function describeOperatingSystem(named: string): string {
  const [, path] = /^https?:\/\/[^/]+\/(.+)$/.exec(named) ?? []
  return findNamedOperatingSystem(named)?.name ?? path?.replaceAll('/', ' ') ?? named
}

/** Media of which the label tells the system, and not its version: the newest is the better guess. */
const FAMILY_MEDIA: readonly (readonly [RegExp, string])[] = [
  [/^Debian |^d-live /, 'debian13'],
  [/^Ubuntu/, 'ubuntu26.04'],
  [/^RHEL-/, 'rhel10'],
  [/^AlmaLinux-/, 'almalinux10'],
  [/^Rocky-/, 'rocky10'],
  [/^OL-/, 'ol10'],
  [/^CentOS/, 'centos-stream10'],
  [/^Fedora-/, 'fedora44'],
  [/^SLES?-/, 'sles16.0'],
  [/^openSUSE-|^Leap-/, 'opensuse16.0'],
  [/^alpine-/, 'alpinelinux'],
  [/^\d+_\d+_\w+_AMD64_/i, 'freebsd15.0'],
  [/^OpenBSD\//, 'openbsd7'],
  // Microsoft gives several versions the same label.
  [/^(?:J_)?(?:SSS|SESS|SERVER)_X64/, 'win2k25'],
  [/^(?:J_)?C[A-Z]{2,5}_X64/, 'win11'],
]

/** Which system an installation medium is of. `exact`: the label tells its version too. */
export interface RecognizedMedium {
  readonly system: OperatingSystem
  readonly exact: boolean
}

/** The system of a medium with this label (volume id); null: nobody knows the label. Pure. */
export function decideOperatingSystem(volumeId: string): RecognizedMedium | null {
  const label = volumeId.trim()
  const exact = systems.find(({ media }) => media.some((pattern) => pattern.test(label)))
  if (exact !== undefined) return { system: exact, exact: true }
  const [, id] = FAMILY_MEDIA.find(([pattern]) => pattern.test(label)) ?? []
  return id === undefined ? null : { system: findOperatingSystem(id), exact: false }
}

/** Is it the medium with the virtio drivers for Windows? */
export function isVirtioDriverMedium(volumeId: string): boolean {
  return /^virtio-win/i.test(volumeId.trim())
}
