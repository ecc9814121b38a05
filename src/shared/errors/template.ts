import type { Reference } from './reference.ts'

/** Raised about templates and clones of virtual machines (`src/main/template`). `name`: the template; of `clone.…` the machine that is cloned. */
export interface TemplateErrors {
  'template.not-found': { templateId: string }
  'template.name-taken': { name: string; datacenterName: string }
  /** `references`: the first machines whose disks lie on its own. */
  'template.in-use': { name: string; count: number; references: readonly Reference[] }
  /** A disk that nobody has lies on one of its own. */
  'template.has-layers': { name: string; alias: string }
  /** A disk of it is missing, or its storage domain is not in use. */
  'template.not-whole': { name: string; status: string }
  'template.other-datacenter': { name: string; otherName: string }
  /** What a template lies on stays as it is: `action` on its disk `alias`. */
  'template.keeps-disk': { name: string; alias: string; action: string }
  /** virt-sysprep is not on the host. */
  'template.seal-tool-missing': { hostName: string }
  'template.seal-failed': { name: string; hostName: string; detail: string }
  'template.changed-meanwhile': { name: string; fields: string; users: string }
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
