import type { HostInstall } from '../../../shared/contract/index.ts'
import type { AppError } from '../../../shared/errors/index.ts'
import type { HostSurvey } from '../survey/index.ts'

/** What will be done to a host, in the words of its own tools. */
export interface InstallPlan {
  readonly packages: readonly string[]
  /** Those that the host has are started now and at each boot. */
  readonly units: readonly string[]
  /** The group that the user joins; null: none. */
  readonly group: string | null
}

/** QEMU's packages of Debian, by `uname -m`. */
const DEBIAN_QEMU: Readonly<Record<string, string>> = {
  x86_64: 'qemu-system-x86',
  aarch64: 'qemu-system-arm',
  ppc64le: 'qemu-system-ppc',
  s390x: 'qemu-system-misc',
}

const MODULAR = ['virtlogd', 'virtqemud', 'virtnetworkd', 'virtstoraged', 'virtnodedevd', 'virtsecretd']

/** One daemon for all (Debian), or one a driver (Fedora, RHEL 9, openSUSE): in the order in which they need each other. */
const UNITS: Readonly<Record<HostInstall['packageManager'], readonly string[]>> = {
  apt: ['virtlogd.socket', 'libvirtd.service'],
  dnf: MODULAR.map((name) => `${name}.socket`),
  zypper: MODULAR.map((name) => `${name}.socket`),
}

/** What lacks, as packages, services and groups. Pure. */
export function decideInstallPlan({ packageManager, architecture, lacks }: HostInstall): InstallPlan {
  const packages = new Set<string>()
  const qemu = DEBIAN_QEMU[architecture] ?? 'qemu-system'
  if (packageManager === 'apt') {
    if (lacks.includes('libvirt')) for (const name of ['libvirt-daemon-system', 'libvirt-clients']) packages.add(name)
    if (lacks.includes('qemu')) for (const name of [qemu, 'qemu-utils']) packages.add(name)
  } else if (packageManager === 'dnf') {
    if (lacks.includes('libvirt')) for (const name of ['libvirt-daemon-kvm', 'libvirt-client']) packages.add(name)
    if (lacks.includes('qemu')) for (const name of ['qemu-kvm', 'qemu-img']) packages.add(name)
  } else {
    if (lacks.includes('libvirt')) for (const name of ['libvirt-daemon-qemu', 'libvirt-client']) packages.add(name)
    if (lacks.includes('qemu')) for (const name of ['qemu-kvm', 'qemu-tools']) packages.add(name)
  }
  const isServed = lacks.some((each) => each === 'libvirt' || each === 'qemu' || each === 'service')
  return {
    packages: [...packages],
    units: isServed ? UNITS[packageManager] : [],
    group: lacks.includes('group') ? 'libvirt' : null,
  }
}

/**
 * What a host lacks that could be installed there. Null: nothing, or we do not know how, or the user may not (neither root nor
 * sudo without a password). Pure.
 */
export function decideInstall(survey: HostSurvey | null, error: AppError | null): HostInstall | null {
  if (survey === null || survey.packageManager === null || error === null) return null
  if (survey.userId !== 0 && survey.hasSudo !== true) return null
  const hasLibvirt = survey.programs.has('libvirtd') || survey.programs.has('virtqemud')
  const lacks: HostInstall['lacks'] = []
  if (!hasLibvirt) lacks.push('libvirt')
  if (!survey.programs.has('qemu')) lacks.push('qemu')
  if (hasLibvirt && error.code === 'host.libvirt-not-running') lacks.push('service')
  // On a host without libvirt the group comes with it; root needs none.
  if (survey.userId !== 0 && (!hasLibvirt || error.code === 'host.libvirt-permission')) lacks.push('group')
  if (lacks.length === 0) return null
  return { packageManager: survey.packageManager, architecture: survey.architecture ?? '', lacks }
}
