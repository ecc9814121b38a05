import {
  type Backup,
  type BackupId,
  isBlockStorage,
  type StorageDomain,
  type StorageDomainId,
  type VmId,
} from '../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../shared/errors/index.ts'
import { fileHostOf, runAsRoot } from '../disk/index.ts'
import type { LiveTopics, Log, TopicFrame } from '../engine/index.ts'
import { type HostLink, type HostRegistry, shellQuote } from '../hosts/index.ts'
import { type KnownBackup, parseManifest } from './backup-manifest.ts'
import { listBackupsScript } from './on-host/scripts.ts'

const READ_TIMEOUT_MS = 60_000
const READ_LIMIT_BYTES = 64 * 1024 * 1024

export interface BackupsProjectionOptions {
  readonly topics: LiveTopics
  readonly hosts: Pick<HostRegistry, 'get'>
  readonly log: Log
}

/** Makes the topic `backups` of what lies in active data domains: they tell of it themselves. */
export class BackupsProjection {
  readonly #options: BackupsProjectionOptions
  readonly #byDomain = new Map<StorageDomainId, readonly KnownBackup[]>()
  /** Active domains, with the host that they were last read through. */
  readonly #readThrough = new Map<StorageDomainId, string | null>()
  readonly #end = new AbortController()
  readonly #stop: () => void

  constructor(options: BackupsProjectionOptions) {
    this.#options = options
    const { unsubscribe } = options.topics.subscribe({ topic: 'storage-domains' }, (frame) => this.#onDomains(frame))
    this.#stop = unsubscribe
  }

  find(backupId: BackupId): KnownBackup | undefined {
    return [...this.#byDomain.values()].flat().find(({ id }) => id === backupId)
  }

  ofVm(vmId: VmId): readonly KnownBackup[] {
    return [...this.#byDomain.values()].flat().filter((each) => each.vmId === vmId)
  }

  ofDomain(storageDomainId: StorageDomainId): readonly KnownBackup[] {
    return this.#byDomain.get(storageDomainId) ?? []
  }

  /** Where a domain's files are worked on. Errors: storage.not-found, storage.unreachable. */
  placeOf(storageDomainId: StorageDomainId): { readonly domain: StorageDomain; readonly host: HostLink } {
    const model = this.#options.topics.model()
    const domain = model.storageDomains.get(storageDomainId)
    if (domain === undefined) throw new AppError('storage.not-found', { storageDomainId })
    const hostId = fileHostOf(model, storageDomainId)
    if (hostId === null) throw new AppError('storage.unreachable', { name: domain.name }, { retry: 'safe' })
    return { domain, host: this.#options.hosts.get(hostId as HostLink['id']) }
  }

  /** Reads what lies in a domain. Errors: those of the host. */
  async refresh(storageDomainId: StorageDomainId): Promise<void> {
    const { domain, host } = this.placeOf(storageDomainId)
    const script = `cd -- ${shellQuote(domain.targetPath)} || exit; ${listBackupsScript()}`
    const output = await runAsRoot(host, script, {
      path: domain.targetPath,
      timeoutMs: READ_TIMEOUT_MS,
      maxOutputBytes: READ_LIMIT_BYTES,
      signal: this.#end.signal,
    })
    this.#show(storageDomainId, parseListing(output, domain))
  }

  stop(): void {
    this.#end.abort()
    this.#stop()
  }

  #show(storageDomainId: StorageDomainId, backups: readonly KnownBackup[]): void {
    const collection = this.#options.topics.collection('backups')
    const kept = new Set<string>(backups.map(({ id }) => id))
    for (const { id } of this.ofDomain(storageDomainId)) if (!kept.has(id)) collection.remove(id)
    this.#byDomain.set(storageDomainId, backups)
    for (const { xml: _xml, ...backup } of backups) collection.upsert(backup satisfies Backup)
  }

  #onDomains(frame: TopicFrame): void {
    if (frame.t === 'closed') return
    const model = this.#options.topics.model()
    const changed = (frame.t === 'snapshot' ? frame.entities : frame.upsert) as readonly StorageDomain[]
    for (const { id, status, type, storage } of changed) {
      const isRead = this.#readThrough.has(id)
      if (type !== 'data' || status !== 'active' || isBlockStorage(storage)) {
        this.#readThrough.delete(id)
        if (isRead) this.#show(id, [])
        continue
      }
      const hostId = fileHostOf(model, id)
      if (hostId === null || this.#readThrough.get(id) === hostId) continue
      this.#readThrough.set(id, hostId)
      this.refresh(id).catch((error: unknown) => this.#onFailed(id, error))
    }
    for (const id of (frame.t === 'patch' ? frame.remove : []) as readonly StorageDomainId[]) {
      this.#readThrough.delete(id)
      this.#show(id, [])
      this.#byDomain.delete(id)
    }
  }

  #onFailed(storageDomainId: StorageDomainId, error: unknown): void {
    if (this.#end.signal.aborted) return
    if (!isAppError(error)) throw error
    // The next change of the domain reads it again.
    this.#readThrough.set(storageDomainId, null)
    this.#options.log.warn({ storageDomainId, technical: toWireError(error).technical }, 'backups could not be listed')
  }
}

/** What the listing of a domain says; what cannot be read is left out. Pure. */
export function parseListing(output: string, domain: Pick<StorageDomain, 'id' | 'targetPath'>): readonly KnownBackup[] {
  const lines = output.split('\n')
  const found: KnownBackup[] = []
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const text = Buffer.from(lines[at + 1] ?? '', 'base64').toString('utf8')
    const backup = parseManifest(text, lines[at] ?? '', domain)
    if (backup !== null) found.push(backup)
  }
  return found
}
