import type { HostRefusal, Reference } from './reference.ts'

/** Raised about a host as a whole (`src/main/hosts`, `src/main/host`). */
export interface HostErrors {
  'host.not-found': { hostId: string }
  'host.already-added': { name: string; address: string }
  /** It would be reached elsewhere, and the stored password was not given for that. */
  'host.password-needed': { name: string }
  /** The host is known by its UUID under another address. */
  'host.same-machine': { name: string; uuid: string }
  /** Two machines that libvirt takes for one. */
  'host.same-uuid': { name: string; uuid: string }
  'host.not-connected': { name: string; status: string }
  /** The session for bulk data, or its thread, is gone. What went over it has an unknown outcome. */
  'host.bulk-lost': { address: string; reason: string }
  /** As much bulk data is on its way as one host carries at once. */
  'host.bulk-busy': { limit: number }
  'host.libvirt-missing': { address: string; tried: string }
  'host.libvirt-not-running': { address: string; socket: string }
  'host.libvirt-permission': { user: string; socket: string; group: string }
  'host.libvirt-not-answering': { address: string; timeoutMs: number }
  'host.libvirt-too-old': { version: string; minimum: string }
  /** Nothing answers for a driver beside the hypervisor's: `storage`, `network`, … */
  'host.driver-absent': { driver: string; daemon: string }
  /** Such a driver is there and does not do its work. */
  'host.driver-failed': { driver: string; daemon: string }
  'host.no-qemu': { address: string }
  'host.qemu-too-old': { version: string; minimum: string }
  'host.cpu-without-virtualization': { address: string }
  /** The CPU can (`flag`), and its module is not loaded. */
  'host.kvm-module-missing': { address: string; flag: string; module: string }
  /** QEMU's `user` may not open /dev/kvm. */
  'host.kvm-inaccessible': { user: string; group: string }
  /** The daemon does not offer KVM. */
  'host.kvm-missing': { address: string }
  /** Seconds as decimal numbers; the offset may be wrong by the bound. */
  'host.clock-off': { offsetSeconds: string; boundSeconds: string }
  /** A host's name leads nowhere on others (by name, separated by commas). */
  'host.name-unresolvable': { name: string; hosts: string }
  /** `silent`: no answer came; `unreachable`: the network said that there is no way. */
  'host.migration-ports-blocked': { from: string; to: string; ports: string; hint: 'silent' | 'unreachable' }
  /** Names with their hosts; at most five of `count`. */
  'host.vms-elsewhere': { vms: string; count: number }
  'host.macs-elsewhere': { clashes: string; count: number }
  /** Its libvirt answers. */
  'host.nothing-lacks': { name: string }
  'host.install-impossible': { address: string; hint: 'local' | 'package-manager' | 'sudo' }
  /** `detail`: the last that the package manager printed. */
  'host.install-failed': { address: string; exitCode: number; detail: string }
  'host.install-step-failed': { exitCode: number; stderr: string }
  /** The host goes on with it; nobody watches. */
  'host.install-unwatched': { address: string }
  'host.space-low': { path: string; freeMiB: number; minimumMiB: number }
  'host.memory-too-small': { memoryMiB: number; minimumMiB: number }
  /** A socket or port of this computer did not take the connection. */
  'host.local-refused': { target: string; reason: string }
  /** It was rebooted through us and is silent for longer than it may be. */
  'host.not-back': { name: string }
  /** It was asked to reboot or to shut down, and answers as before. */
  'host.did-not-go': { name: string; action: string }
  /** Only a host in maintenance is moved to another cluster. */
  'host.not-in-maintenance': { name: string; status: string }
  /** The host's status does not allow the action. */
  'host.wrong-status': { name: string; status: string; action: string }
  /** VMs run on the host, or (hint `lost`) ran when it was last heard. `references`: the first of them. */
  'host.has-running-vms': {
    name: string
    action: string
    count: number
    hint: 'live' | 'lost'
    references: readonly Reference[]
  }
  /** VMs run there that no other host can take. `references`: the first of them; `refusals`: why each cannot. */
  'host.cannot-be-emptied': {
    name: string
    count: number
    references: readonly Reference[]
    refusals: readonly HostRefusal[]
  }
  /** It is to be in maintenance, and VMs still run there. */
  'host.not-emptied': { name: string; count: number }
  'host.in-maintenance': { name: string }
  /** It was asked to reboot or to shut down. */
  'host.going-down': { name: string; action: string }
  /** This computer is reached by its socket, not over SSH. */
  'host.needs-ssh': { name: string; action: string }
  /** It is a simulated one: `shell`: it runs no commands; `bulk`: it carries no files; `unknown`: the demo has no host of that address. */
  'host.simulated': { name: string; hint: 'shell' | 'bulk' | 'unknown' }
  /** The host's own words why it does not reboot or shut down. */
  'host.power-refused': { name: string; action: string; message: string }
  /** Only a host in maintenance, or one that cannot be reached, is removed. */
  'host.not-removable': { name: string; status: string }
  /** Its CPU lacks flags of its cluster's level: `missing`, separated by commas, as far as libvirt names them. */
  'host.cpu-below-level': { name: string; clusterName: string; model: string; missing: string }
  /** Its libvirt does not know the CPU model of its cluster. */
  'host.cpu-model-unknown': { name: string; clusterName: string; model: string }
  'host.name-taken': { name: string }
  /** A key's path, or an alias of ssh_config with these directives: what they name belongs to the engine's own account. */
  'host.server-files-forbidden': { file: string; directives: string; hint: 'key' | 'alias' | 'command' }
  /** It was edited since this edit was begun: `fields` and `users`, separated by commas. */
  'host.changed-meanwhile': { name: string; fields: string; users: string }
}
