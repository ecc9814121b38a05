import type { HostRefusal } from './reference.ts'

/** Raised about a virtual machine (`src/main/vm`). */
export interface VmErrors {
  'vm.not-found': { vmId: string }
  /** The VM's status does not allow the action. */
  'vm.wrong-status': { name: string; status: string; action: string }
  /**
   * The host cannot be asked now, so the VM's status is not known. `hint`: why it is not started elsewhere; `seconds`: its host may write for
   * so long yet.
   */
  'vm.status-unknown': {
    name: string
    hostName: string
    hint?: 'start-unfenced' | 'start-no-disks' | 'start-lease'
    seconds?: number
  }
  /** The same UUID runs on more than one host. */
  'vm.ambiguous': { name: string; hosts: string }
  'vm.transient': { name: string; action: string }
  /** Refused on the host; libvirt's own words in the message. */
  'vm.operation-refused': { name: string; action: string; message: string }
  /** The call was interrupted and re-reading did not settle what happened. */
  'vm.outcome-unknown': { name: string; action: string }
  'vm.busy': { name: string; job: string }
  /** The host's definition of the VM cannot be read; what is shown of it is its name alone. */
  'vm.definition-unreadable': { name: string; detail: string }

  // New machines, and what they are made of.
  'vm.name-taken': { name: string; datacenterName: string }
  'vm.uuid-taken': { name: string; uuid: string }
  /** `otherName`: the machine that has it. */
  'vm.mac-taken': { macAddress: string; otherName: string }
  'vm.macs-used-up': { clusterName: string }
  /** Named twice for the same machine. */
  'vm.disk-twice': { alias: string }
  'vm.not-a-medium': { fileName: string; format: string }
  'vm.other-datacenter': { name: string; otherName: string }
  /** The host's libvirt takes no such definition; its own words in the message. */
  'vm.definition-refused': { name: string; hostName: string; message: string }
  /** An image for cloud-init needs a data domain. */
  'vm.seed-nowhere': { name: string }
  /** What is to be a definition of a machine is none. */
  'vm.xml-unreadable': { detail: string }
  'vm.has-disks-in-use': { name: string; alias: string; otherName: string }

  // Changes of a definition.
  /** `fields`: what is another one. `users`: who did it here, else its host's name: it was done there. */
  'vm.changed-meanwhile': { name: string; fields: string; users: string }
  /** `field`: as the command's input calls it. */
  'vm.maximum-too-small': { name: string; field: string }
  'vm.numa-cells': { name: string; field: string }
  'vm.topology-unfit': { name: string; vcpus: number }
  'vm.firmware-unfit': { name: string; machineType: string }
  'vm.must-be-down': { name: string; field: string }
  /** A definition that names another machine, or another UUID. */
  'vm.xml-other-machine': { name: string }
  /** A masked secret stands where it cannot be told which one it was. */
  'vm.xml-secret-lost': { name: string }
  /** Its definition was not read yet. */
  'vm.definition-unread': { name: string; hostName: string }
  /** Something of what waits for the next start is no setting that can be put back by itself: `what`. */
  'vm.pending-stays': { name: string; what: string }

  /** `device`: disk, cdrom, network, drive. */
  'vm.lacks-device': { name: string; device: string }
  /** libvirt does not take a change while it runs. */
  'vm.waits-for-start': { name: string; message: string }
  /** A disk's target or a card's MAC address that it does not have. */
  'vm.no-such-device': { name: string; device: string }
  /** Memory that is given whole, or has less than is asked for. */
  'vm.memory-fixed': { name: string; device: string }
  /** A definition that would write a disk which a machine has already. */
  'vm.import-disk-taken': { name: string; path: string; otherName: string }
  /** A LUN that a machine is to have whole, and does not: the host does not see it, or has no such path for it. */
  'vm.lun-not-seen': { hostName: string; lunId: string }
  'vm.lun-without-path': { hostName: string; lunId: string; path: string }
  /** Its kind of id makes no path that is the same on every host. */
  'vm.lun-unnameable': { lunId: string }
  /** `what` of the host stands on it: a mount, a volume. */
  'vm.lun-held': { hostName: string; lunId: string; what: string }
  'vm.lun-of-domain': { lunId: string; name: string }
  'vm.lun-taken': { lunId: string; otherName: string }
  /** It cannot go to another host: `what` of it would not come along. */
  'vm.bound-to-host': { name: string; hostName: string; what: string }
  'vm.firmware-state-too-large': { name: string; hostName: string; path: string }

  /** More tags than a machine may have. */
  'vm.too-many-tags': { name: string; limit: number }

  /** No agent is connected in its guest. */
  'vm.no-agent': { name: string }
  /** Nobody waits for the program any more. */
  'vm.guest-program-runs-on': { name: string; path: string; pid: number }

  // Where it can run. `refusals`: what each host lacks.
  'vm.no-host': { name: string; clusterName: string; refusals: readonly HostRefusal[] }
  'vm.host-elsewhere': { hostName: string; clusterName: string }
  'vm.host-memory-short': { hostName: string; neededMiB: number; freeMiB: number }
  'vm.host-cpus-short': { hostName: string; vcpus: number; cpus: number }
  'vm.host-architecture': { hostName: string; architecture: string }
  'vm.host-network-missing': { hostName: string; network: string }
  'vm.host-storage-missing': { hostName: string; storageName: string }
  'vm.host-device-missing': { hostName: string; device: string }
  /** A device of a host that no machine is given. Why: see the advices. */
  'vm.host-device-unfit': { hostName: string; device: string; hint: 'no-iommu' | 'bridge' | 'disk' | 'network' }
  /** It was not asked yet what machines it can run. */
  'vm.host-unexamined': { hostName: string }
}
