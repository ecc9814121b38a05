/** Raised about a virtual machine (`src/main/vm`). */
export interface VmErrors {
  'vm.not-found': { vmId: string }
  /** The VM's status does not allow the action. */
  'vm.wrong-status': { name: string; status: string; action: string }
  /** The host cannot be asked now, so the VM's status is not known. */
  'vm.status-unknown': { name: string; hostName: string }
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
}
