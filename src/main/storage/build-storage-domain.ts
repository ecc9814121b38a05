import type {
  DomainOwner,
  Problem,
  StorageConnection,
  StorageDomain,
  StorageDomainStatus,
} from '../../shared/domain/index.ts'
import { AppError, toWireError } from '../../shared/errors/index.ts'
import type { StorageDomainRecord } from '../inventory/index.ts'
import type { KnownSpace } from './domain-connections.ts'

export interface StorageDomainParts {
  readonly record: StorageDomainRecord
  readonly status: StorageDomainStatus
  readonly statusSince: number
  readonly connections: readonly StorageConnection[]
  readonly space: KnownSpace | null
  readonly owner: DomainOwner
  readonly disks: readonly { readonly virtualBytes: number | null }[]
}

/** The storage domain as clients see it. Pure. */
export function buildStorageDomain(parts: StorageDomainParts): StorageDomain {
  const { record, status, statusSince, connections, space, owner, disks } = parts
  const { wishedActive: _wishedActive, generation: _generation, createdAt: _createdAt, ...definition } = record
  const provisionedBytes = disks.reduce((sum, { virtualBytes }) => sum + (virtualBytes ?? 0), 0)
  return {
    ...definition,
    status,
    statusSince,
    connections: [...connections],
    capacityBytes: space?.capacityBytes ?? null,
    allocationBytes: space?.allocationBytes ?? null,
    availableBytes: space?.availableBytes ?? null,
    provisionedBytes: space === null ? null : provisionedBytes,
    asOf: space?.asOf ?? null,
    stale: status !== 'active' || connections.every((connection) => connection.status !== 'connected'),
    owner,
    diskCount: disks.length,
    problems: decideProblems(parts, provisionedBytes),
  }
}

function decideProblems({ record, status, connections, space, owner }: StorageDomainParts, provisionedBytes: number) {
  const { name, type, locks } = record
  const about = { subject: name }
  const errors: Problem[] = []
  const warnings: Problem[] = []
  const warn = (error: AppError) => warnings.push({ severity: 'warning', error: toWireError(error) })
  if (status === 'inactive')
    errors.push({ severity: 'error', error: toWireError(new AppError('storage.unreachable', { name }, about)) })
  if (owner.status === 'foreign') {
    const engineName = owner.engine?.name ?? '?'
    errors.push({
      severity: 'error',
      error: toWireError(new AppError('storage.owned-elsewhere', { name, engineName }, about)),
    })
  }
  for (const { error } of connections) if (error !== null) errors.push({ severity: 'error', error })
  if (space !== null) {
    const { availableBytes: freeBytes, capacityBytes } = space
    const { criticalFreeBytes, warningFreePercent } = record
    if (freeBytes < criticalFreeBytes) {
      const error = new AppError('storage.space-critical', { name, freeBytes, criticalFreeBytes }, about)
      errors.push({ severity: 'error', error: toWireError(error) })
    } else if (freeBytes * 100 < capacityBytes * warningFreePercent) {
      warn(new AppError('storage.space-low', { name, freeBytes, capacityBytes, warningFreePercent }, about))
    }
    if (provisionedBytes > capacityBytes) {
      warn(new AppError('storage.over-allocated', { name, provisionedBytes, capacityBytes }, about))
    }
  }
  if (type === 'data') {
    const old = connections.find(({ mounted }) => mounted?.version?.startsWith('3') === true)?.mounted?.version
    if (typeof old === 'string') warn(new AppError('storage.unfit-for-ha', { name, version: old }, about))
    if (locks.verdict === 'none') warn(new AppError('storage.no-locks', { name }, about))
  }
  return [...errors, ...warnings]
}
