import type { MountFacts } from './mount-table.ts'

/** What became of writing a file in the folder. */
export interface WriteTry {
  readonly outcome: 'written' | 'denied' | 'read-only' | 'full' | 'failed' | 'untried'
  /** User id of the file that was made. */
  readonly ownerId: number | null
  /** What the host said of a failure. */
  readonly detail: string
}

export interface FoundDescriptor {
  readonly relation: 'here' | 'above' | 'below'
  /** Of the domain's folder. */
  readonly path: string
  /** `domain.json`, as read; not to be trusted. */
  readonly text: string
}

/** What a folder of a host is, for a domain that is to lie there. */
export interface FolderFacts {
  readonly kind: 'folder' | 'other' | 'missing'
  /** Without symbolic links. */
  readonly realPath: string | null
  readonly owner: { readonly userId: number; readonly groupId: number; readonly mode: number } | null
  /** Of entries, but for those that file systems make themselves. */
  readonly entryCount: number
  /** The first of them. */
  readonly entryNames: readonly string[]
  readonly descriptors: readonly FoundDescriptor[]
  readonly capacityBytes: number | null
  readonly availableBytes: number | null
  readonly mount: MountFacts | null
  /** Seconds; of NFS 4. */
  readonly leaseSeconds: number | null
  /** SELinux, where it enforces: whether QEMU may use the file systems that each boolean is about. Null where it does not. */
  readonly selinux: ReadonlyMap<string, boolean> | null
  /** Whom the host runs QEMU as. */
  readonly qemu: { readonly userId: number; readonly groupId: number; readonly name: string } | null
  readonly rootTry: WriteTry
  /** Whether root can give a file to QEMU's user, as libvirt does with each volume. */
  readonly canGive: boolean | null
  readonly qemuTry: WriteTry
  /** The topmost folder above that QEMU's user may not pass. */
  readonly blockedBy: string | null
}

/** One attempt to mount, in the order of the attempts. */
export interface MountTry {
  /** Of NFS. */
  readonly version: string | null
  readonly exitCode: number
  readonly message: string
}

export interface StorageFacts {
  /** Empty where nothing had to be mounted. */
  readonly mountTries: readonly MountTry[]
  /** Null where it could not be mounted. */
  readonly folder: FolderFacts | null
}
