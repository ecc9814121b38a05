/** Raised about clones of virtual machines (`src/main/template`). `name`: the machine that is cloned. */
export interface TemplateErrors {
  /** Its disks change meanwhile: only a snapshot of it can be cloned. */
  'clone.running': { name: string; status: string }
  /** `target`, a disk of the type and format `what`, cannot be copied. */
  'clone.disk-unfit': { name: string; target: string; what: string }
  /** `target` is not in `snapshot`. */
  'clone.not-in-snapshot': { name: string; target: string; snapshot: string }
  /** `target` lies in no storage domain, and none is named for its copy. */
  'clone.nowhere': { name: string; target: string }
  /** No host has both `target` and the domain `domainName`. */
  'clone.out-of-reach': { name: string; target: string; domainName: string }
  /** The host that will have it does not have the domain of its disks. */
  'clone.host-without-domain': { name: string; hostName: string; domainName: string }
  /** Layers need what nobody writes any more: the disks of a snapshot of layers. */
  'clone.thin-needs-layers': { name: string }
  /** A layer lies in the domain of what it lies on; `target` lies in none, or another one is named. */
  'clone.thin-elsewhere': { name: string; target: string }
}
