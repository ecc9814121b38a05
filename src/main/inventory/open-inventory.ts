import { Kysely, sql } from 'kysely'
import { fetchBackupAge, makeBackup } from './backups.ts'
import { inventoryPaths, prepareDataFolder } from './data-folder.ts'
import { acquireInstanceLock } from './instance-lock.ts'
import { createKeyFileCipher } from './key-file-cipher.ts'
import { latestVersion, type Migrations, migrate } from './migrate.ts'
import { migrations as allMigrations } from './migrations/index.ts'
import { allowWriting, isQueryOnly, openDatabase } from './open-database.ts'
import {
  type AllowedCommandsRepository,
  createAllowedCommandsRepository,
} from './repositories/allowed-commands-repository.ts'
import { type AuditRepository, createAuditRepository } from './repositories/audit-repository.ts'
import { type ClustersRepository, createClustersRepository } from './repositories/clusters-repository.ts'
import { createDatacentersRepository, type DatacentersRepository } from './repositories/datacenters-repository.ts'
import { createDisksRepository, type DisksRepository } from './repositories/disks-repository.ts'
import { createEditsRepository, type EditsRepository } from './repositories/edits-repository.ts'
import {
  createHostNetworkWishesRepository,
  type HostNetworkWishesRepository,
} from './repositories/host-network-wishes-repository.ts'
import { createHostWishesRepository, type HostWishesRepository } from './repositories/host-wishes-repository.ts'
import { createHostsRepository, type HostsRepository } from './repositories/hosts-repository.ts'
import { createNetworksRepository, type NetworksRepository } from './repositories/networks-repository.ts'
import { createOperationsRepository, type OperationsRepository } from './repositories/operations-repository.ts'
import {
  createRemovedDefinitionsRepository,
  type RemovedDefinitionsRepository,
} from './repositories/removed-definitions-repository.ts'
import { createSettingsRepository, type SettingsRepository } from './repositories/settings-repository.ts'
import {
  createStorageDomainsRepository,
  type StorageDomainsRepository,
} from './repositories/storage-domains-repository.ts'
import { createTemplatesRepository, type TemplatesRepository } from './repositories/templates-repository.ts'
import { createToldByHostsRepository, type ToldByHostsRepository } from './repositories/told-by-hosts-repository.ts'
import {
  createVmDefinitionsRepository,
  type VmDefinitionsRepository,
} from './repositories/vm-definitions-repository.ts'
import { createVmStatusesRepository, type VmStatusesRepository } from './repositories/vm-statuses-repository.ts'
import { createVnicProfilesRepository, type VnicProfilesRepository } from './repositories/vnic-profiles-repository.ts'
import { createSecretStore, type SecretCipher, type SecretStore } from './secret-store.ts'
import { createSqliteDialect } from './sqlite-dialect.ts'
import { toInventoryError } from './sqlite-errors.ts'
import type { Tables } from './tables.ts'
import { createWriteState, type WriteState } from './write-state.ts'

/** A whole file is backed up when its newest backup is older than this: at opening, and while it is open. */
const BACKUP_EVERY_MS = 24 * 60 * 60 * 1_000
const BACKUP_CHECK_MS = 60 * 60 * 1_000

/** What changes together: all repositories of one transaction. */
export interface Repositories {
  readonly datacenters: DatacentersRepository
  readonly clusters: ClustersRepository
  readonly storageDomains: StorageDomainsRepository
  readonly disks: DisksRepository
  readonly networks: NetworksRepository
  readonly vnicProfiles: VnicProfilesRepository
  readonly templates: TemplatesRepository
  readonly hosts: HostsRepository
  readonly hostWishes: HostWishesRepository
  readonly hostNetworkWishes: HostNetworkWishesRepository
  readonly toldByHosts: ToldByHostsRepository
  readonly removedDefinitions: RemovedDefinitionsRepository
  readonly vmDefinitions: VmDefinitionsRepository
  readonly vmStatuses: VmStatusesRepository
  readonly operations: OperationsRepository
  readonly edits: EditsRepository
  readonly allowedCommands: AllowedCommandsRepository
  readonly audit: AuditRepository
  readonly settings: SettingsRepository
  readonly secrets: SecretStore
}

export interface Inventory extends Repositories {
  readonly dataDir: string
  /**
   * Runs `work` with repositories whose writes all take effect, or none. Only these may be used in it: the others wait until it
   * has ended. Rejects with what `work` rejects with, or `inventory.write-failed`.
   */
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>
  /** Whether it can be written now; a full disk is looked at until it can. */
  writeState(): WriteState
  onWriteState(listener: (state: WriteState) => void): () => void
  /** Waits for writes under way, closes the file and lets the folder go. Can be called again. */
  close(): Promise<void>
}

export interface OpenInventoryOptions {
  readonly dataDir: string
  /** `now` for stamps (milliseconds since the epoch), `monotonicMs` for what is due. */
  readonly clock: { now(): number; monotonicMs(): number }
  /** Default: AES-256-GCM with a key file in the folder. */
  readonly cipher?: SecretCipher
  /** A daily backup failed: the inventory is open all the same, and it is tried again within the hour. */
  readonly onBackupFailed?: (error: unknown) => void
  /** For tests of migrations. */
  readonly migrations?: Migrations
}

/**
 * Opens the inventory of a folder, making it when there is none, backing it up and migrating it when it is older. On a full
 * disk it is opened to be read, and can be written as soon as there is room. Refuses with `inventory.folder-unusable`,
 * `.disk-full` (nothing there that could be read), `.in-use`, `.corrupt`, `.schema-newer`, `.migration-failed`, `.write-failed`.
 */
export async function openInventory(options: OpenInventoryOptions): Promise<Inventory> {
  const { dataDir, clock, migrations = allMigrations } = options
  const paths = inventoryPaths(dataDir)
  const isFull = !(await prepareDataFolder(dataDir))
  const release = await acquireInstanceLock(dataDir, paths)
  try {
    const { database: file, schemaVersion } = await openDatabase(paths.database, paths.backups, migrations, isFull)
    // A disk that became full while it was open left the file as it was.
    const resume = () => {
      if (isQueryOnly(file)) allowWriting(file)
    }
    const writeState = createWriteState({ dataDir, isFull, resume })
    const dialect = createSqliteDialect(file, paths.database, () => writeState.becameFull())
    const database = new Kysely<Tables>({ dialect })
    const close = async () => {
      await writeState.stop()
      await database.destroy()
      if (file.isOpen) file.close()
    }
    const latest = latestVersion(migrations)
    const ageMs = await fetchBackupAge(paths.backups, clock.now())
    /** When the newest backup was made, by the monotonic clock. */
    let backedUpMs = ageMs === null ? Number.NEGATIVE_INFINITY : clock.monotonicMs() - ageMs
    const backUp = async (version: number) => {
      const path = await makeBackup(file, { folder: paths.backups, now: clock.now(), schemaVersion: version })
      backedUpMs = clock.monotonicMs()
      return path
    }
    const backUpWhenDue = async () => {
      if (clock.monotonicMs() - backedUpMs >= BACKUP_EVERY_MS) await backUp(latest)
    }
    try {
      const backup = schemaVersion === 0 || schemaVersion === latest ? null : await backUp(schemaVersion)
      if (schemaVersion !== latest) await migrate(database, migrations, { path: paths.database, backup })
    } catch (error) {
      await close()
      throw toInventoryError(error, paths.database)
    }
    // A full disk must not keep the hosts out of sight: what cannot be written will say so itself.
    const backUpDaily = () => backUpWhenDue().catch((error: unknown) => options.onBackupFailed?.(error))
    if (schemaVersion !== 0 && !isFull) await backUpDaily()
    let backingUp: Promise<void> = Promise.resolve()
    let closing: Promise<void> | null = null
    const backupTimer = setInterval(() => {
      backingUp = backUpDaily()
    }, BACKUP_CHECK_MS).unref()
    const cipher = options.cipher ?? createKeyFileCipher(paths.key)
    return {
      dataDir,
      ...createRepositories(database, cipher),
      writeState: () => writeState.current(),
      onWriteState: (listener) => writeState.onChange(listener),
      transaction: (work) =>
        database.transaction().execute((transaction) => work(createRepositories(transaction, cipher))),
      close: () => {
        closing ??= finish()
        return closing
      },
    }

    async function finish(): Promise<void> {
      clearInterval(backupTimer)
      await backingUp
      // kysely serves its one connection in order: when this is answered, so is all that was asked before.
      await sql`select 1`.execute(database)
      await close()
      await release()
    }
  } catch (error) {
    await release()
    throw error
  }
}

function createRepositories(database: Kysely<Tables>, cipher: SecretCipher): Repositories {
  return {
    datacenters: createDatacentersRepository(database),
    clusters: createClustersRepository(database),
    storageDomains: createStorageDomainsRepository(database),
    disks: createDisksRepository(database),
    networks: createNetworksRepository(database),
    vnicProfiles: createVnicProfilesRepository(database),
    templates: createTemplatesRepository(database),
    hosts: createHostsRepository(database),
    hostWishes: createHostWishesRepository(database),
    hostNetworkWishes: createHostNetworkWishesRepository(database),
    toldByHosts: createToldByHostsRepository(database),
    removedDefinitions: createRemovedDefinitionsRepository(database),
    vmDefinitions: createVmDefinitionsRepository(database),
    vmStatuses: createVmStatusesRepository(database),
    operations: createOperationsRepository(database),
    edits: createEditsRepository(database),
    allowedCommands: createAllowedCommandsRepository(database),
    audit: createAuditRepository(database),
    settings: createSettingsRepository(database),
    secrets: createSecretStore(database, cipher),
  }
}
