import {
  type ClusterCompatibility,
  type ClusterFeature,
  compareVersions,
  type Host,
} from '../../shared/domain/index.ts'

/** From which versions on a feature is there; null: from any that is taken at all. */
interface Requirement {
  readonly libvirt: string | null
  readonly hypervisor: string | null
}

/**
 * From libvirt's release notes (https://libvirt.org/news.html), with the QEMU that each names or that brought the device. A distribution
 * may have more in an older version; the daemon itself has the last word when a feature is used.
 */
const REQUIREMENTS: Readonly<Record<ClusterFeature, Requirement>> = {
  'emulated-tpm': { libvirt: '4.5.0', hypervisor: '2.11.0' },
  'uefi-by-name': { libvirt: '5.2.0', hypervisor: null },
  'parallel-migration': { libvirt: '5.2.0', hypervisor: '4.0.0' },
  'shared-folders': { libvirt: '6.2.0', hypervisor: '5.0.0' },
  'io-uring': { libvirt: '6.3.0', hypervisor: '5.0.0' },
  'free-page-reporting': { libvirt: '6.9.0', hypervisor: '5.1.0' },
  'guest-ssh-keys': { libvirt: '6.10.0', hypervisor: null },
  'dirty-rate': { libvirt: '7.2.0', hypervisor: '5.2.0' },
  'incremental-backup': { libvirt: '7.6.0', hypervisor: '6.1.0' },
  'memory-unplug': { libvirt: '7.9.0', hypervisor: '5.1.0' },
  'vnc-clipboard': { libvirt: '8.4.0', hypervisor: '6.1.0' },
  'post-copy-recovery': { libvirt: '8.5.0', hypervisor: null },
  'zero-copy-migration': { libvirt: '8.5.0', hypervisor: '7.1.0' },
  'external-snapshot-removal': { libvirt: '9.0.0', hypervisor: null },
}

/** What the oldest libvirt and the oldest QEMU among the hosts allow; null while none was ever reached. Pure. */
export function decideCompatibility(hosts: readonly Pick<Host, 'id' | 'facts'>[]): ClusterCompatibility | null {
  const known = hosts.flatMap(({ id, facts }) => (facts === null ? [] : [{ id, facts }]))
  const oldest = (field: 'libvirtVersion' | 'hypervisorVersion') =>
    known.reduce((found, each) => (compareVersions(each.facts[field], found.facts[field]) < 0 ? each : found))
  if (known.length === 0) return null
  const [byLibvirt, byHypervisor] = [oldest('libvirtVersion'), oldest('hypervisorVersion')]
  const { libvirtVersion } = byLibvirt.facts
  const { hypervisorVersion } = byHypervisor.facts
  const isReached = (version: string, least: string | null) => least === null || compareVersions(version, least) >= 0
  const features = (Object.entries(REQUIREMENTS) as [ClusterFeature, Requirement][]).map(([feature, least]) => ({
    feature,
    offered: isReached(libvirtVersion, least.libvirt) && isReached(hypervisorVersion, least.hypervisor),
    ...least,
  }))
  return { libvirtVersion, libvirtHostId: byLibvirt.id, hypervisorVersion, hypervisorHostId: byHypervisor.id, features }
}
