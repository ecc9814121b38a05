import type {
  DatacenterId,
  DomainStorage,
  MountedAs,
  StorageDomainId,
  StorageDomainType,
} from '../../../shared/domain/index.ts'
import type { AppError } from '../../../shared/errors/index.ts'
import type { HostLink } from '../../hosts/index.ts'

/* What is done on a host for a storage domain. Everything takes a link, has time limits of its own, and can be aborted. */

/** What of a host's link the storage of it needs. A `HostLink` fits, and so does a stand-in of a test. */
export type StorageHost = Pick<HostLink, 'id' | 'definition' | 'runScript' | 'session' | 'control' | 'family' | 'pools'>

export interface HostCallOptions {
  readonly signal?: AbortSignal | undefined
}

/** A domain's storage pool: the same on every host. */
export interface DomainPool {
  /** Its pool's UUID is the domain's id: a pool of that name with another one is not ours. */
  readonly id: StorageDomainId
  readonly poolName: string
  readonly targetPath: string
  readonly storage: DomainStorage
}

/** `domain.json`: what a domain says of itself. Bounded and checked when read: it comes from a host. */
export interface DomainDescriptor {
  /** Of this file: 1. */
  readonly format: number
  readonly id: StorageDomainId
  readonly type: StorageDomainType
  readonly name: string
  readonly description: string
  readonly datacenter: { readonly id: DatacenterId; readonly name: string } | null
  readonly isMaster: boolean
  readonly masterVersion: number
  /** Counted up by each write. */
  readonly generation: number
  /** The engine that wrote it last. */
  readonly engine: EngineIdentity | null
}

export interface EngineIdentity {
  readonly id: string
  readonly name: string
}

/** What is to be made or imported, as it is asked for before there is any domain. */
export interface WantedStorage {
  readonly type: StorageDomainType
  readonly storage: DomainStorage
  /** `create`: an empty place; `import`: one with a descriptor; `connect`: of that domain. */
  readonly purpose: 'create' | 'import' | { readonly connect: StorageDomainId }
  /** The name and target that its pool will have there; null where they follow from the descriptor that is found. */
  readonly pool: Pick<DomainPool, 'poolName' | 'targetPath'> | null
  /** Of iSCSI targets that ask for one. */
  readonly chapPassword?: string | undefined
}

/** What was found on one host. Nothing was written, and nothing is left there: what was mounted to look is unmounted. */
export interface StorageExamination {
  /** What must be mended first, worst first; empty: the host can connect it. */
  readonly errors: readonly AppError[]
  readonly warnings: readonly AppError[]
  readonly descriptor: DomainDescriptor | null
  readonly mounted: MountedAs | null
  readonly capacityBytes: number | null
  readonly availableBytes: number | null
  /** Those that were asked for and are there: they have to be the same on all hosts. */
  readonly luns?: readonly { readonly lunId: string; readonly sizeBytes: number }[]
}

export interface DomainSpace {
  readonly capacityBytes: number
  readonly allocationBytes: number
  readonly availableBytes: number
}

/** How a host's pool stands. `other`: a pool of that name or target which is not this domain's. */
export type PoolState = 'running' | 'defined' | 'absent' | 'other'

export interface WriteOptions extends HostCallOptions {
  /** Writes only where this engine's name stands in the owner lock. Default: nobody is asked. */
  readonly owner?: EngineIdentity | undefined
}

export interface HoldOptions extends HostCallOptions {
  /** A person said so: the lock's file is replaced, and who holds the old one finds out at its next beat, and before it writes. */
  readonly takeOver?: boolean
}

/** Folders of a domain's own, below `.virtdeck`. */
export type DomainFolder = 'vms' | 'disks'

/** One change of a domain's own files. */
export interface DomainFileChange {
  /** Null: `.virtdeck` itself. */
  readonly folder: DomainFolder | null
  readonly fileName: string
  /** Null: it is removed. */
  readonly text: string | null
}

export interface OwnerLock {
  /** Resolves when it is not held any more: null after `release`, else why. */
  readonly lost: Promise<AppError | null>
  release(): Promise<void>
}

export type OwnerLockAttempt =
  | { readonly status: 'ours'; readonly lock: OwnerLock }
  /** `engine`: who has written itself into the lock's file; null where that cannot be read. */
  | { readonly status: 'foreign'; readonly engine: EngineIdentity | null }

/** How far a proof of locks came: `lease` in seconds, where the server has one. */
export interface LockFinding {
  readonly verdict: 'none' | 'exclusive' | 'exclusive-and-fencing'
  readonly leaseSeconds: number | null
}

/** All of it. Rejections are AppErrors of `storage.…`, or those of the link (`host.not-connected`, `ssh.…`, `libvirt.…`). */
export interface OnHost {
  /** Looks before anything is written. Rejects only where the host cannot be asked at all. */
  examine(host: StorageHost, wanted: WantedStorage, options: HostCallOptions): Promise<StorageExamination>

  /** Defines and starts its pool; what is there already stays. Leaves nothing where it rejects and nothing was there before. */
  connect(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<MountedAs | null>
  /** Stops and undefines its pool, and unmounts what was mounted for it; does nothing where nothing is. */
  disconnect(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<void>
  fetchPoolState(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<PoolState>
  /** Lets libvirt look at the folder again, and tells how much is free. Rejects where the place does not answer, or is another one. */
  fetchSpace(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<DomainSpace>
  fetchMounted(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<MountedAs | null>

  /** Null: there is none. storage.descriptor-unreadable, storage.format-newer. */
  fetchDescriptor(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<DomainDescriptor | null>
  /** Is anything of this domain there, its descriptor or what comes before it? What an engine that was killed has left is known by that. */
  isMade(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<boolean>
  /** Crash-safe: written beside it, to disk, then renamed. Makes `.virtdeck` where it lacks. */
  writeDescriptor(
    host: StorageHost,
    pool: DomainPool,
    descriptor: DomainDescriptor,
    options: WriteOptions,
  ): Promise<void>
  /** Changes at most 256 of its files in one go, each of them as crash-safe. */
  writeFiles(
    host: StorageHost,
    pool: DomainPool,
    changes: readonly DomainFileChange[],
    options: WriteOptions,
  ): Promise<void>
  /** SHA-256 of the files of one of its folders, by name: for seeing which differ. */
  fetchDigests(
    host: StorageHost,
    pool: DomainPool,
    folder: DomainFolder,
    options: HostCallOptions,
  ): Promise<ReadonlyMap<string, string>>
  /** Reads the files of one of its folders, by name; nothing in them is to be trusted. */
  fetchFiles(
    host: StorageHost,
    pool: DomainPool,
    folder: DomainFolder,
    options: HostCallOptions,
  ): Promise<ReadonlyMap<string, string>>
  /** Takes `.virtdeck` away where its descriptor has this id, and nothing else: as before the domain was made. */
  removeDescriptor(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<void>
  /** Removes everything in the folder, not the folder itself; never through a symbolic link, never another domain's. */
  format(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<void>

  /** Writes a token through the first and reads it through each other one. The hosts that did not see it. Leaves no token. */
  proveShared(
    writer: StorageHost,
    readers: readonly StorageHost[],
    pool: DomainPool,
    options: HostCallOptions,
  ): Promise<ReadonlyMap<StorageHost['id'], AppError>>
  /** Takes QEMU's lock of an image through one, and asks for it through the other. Leaves no image. */
  proveLocks(
    holder: StorageHost,
    other: StorageHost,
    pool: DomainPool,
    mounted: MountedAs | null,
    options: HostCallOptions,
  ): Promise<LockFinding>

  /** Holds the domain's lock for as long as the host's connection lasts. */
  holdOwnerLock(
    host: StorageHost,
    pool: DomainPool,
    engine: EngineIdentity,
    options: HoldOptions,
  ): Promise<OwnerLockAttempt>
}

/**
 * Who writes the metadata of a datacenter's domains (the storage pool manager): one up host, chosen by priority, at random among
 * equals; chosen anew when it leaves `up`.
 */
export interface StorageManagers {
  managerOf(datacenterId: DatacenterId): StorageManager
  /** Called when it becomes another one, or stands otherwise. Returns how to stop. */
  onChange(listener: (datacenterId: DatacenterId) => void): () => void
  stop(): Promise<void>
}

/** `contending`: being chosen, or `hostId` is silent and waited for; `none`: no host that is up may be. */
export interface StorageManager {
  readonly status: 'chosen' | 'contending' | 'none'
  readonly hostId: HostLink['id'] | null
}
