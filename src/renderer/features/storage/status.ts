import type { TFunction } from 'i18next'
import type {
  DomainStorage,
  LockProof,
  StorageConnection,
  StorageDomain,
  StorageDomainStatus,
} from '../../../shared/domain/index.ts'
import type { Tone } from '../../components/StatusMark.tsx'

const TONES: Readonly<Record<StorageDomainStatus, Tone>> = {
  unattached: 'off',
  locked: 'moving',
  maintenance: 'paused',
  'preparing-for-maintenance': 'moving',
  activating: 'moving',
  active: 'ok',
  inactive: 'bad',
  detaching: 'moving',
  unknown: 'unknown',
}

/** All of them. */
export const STORAGE_STATUSES: readonly string[] = Object.keys(TONES)

/** The mark of a domain: its status, or what is wrong with it while it is active. */
export function storageTone({ status, problems }: Pick<StorageDomain, 'status' | 'problems'>): Tone {
  if (status !== 'active' || problems.length === 0) return TONES[status]
  return problems.some(({ severity }) => severity === 'error') ? 'bad' : 'warning'
}

/** Its status in words, and how much is wrong with it. Pure. */
export function describeStorageDomain(
  { status, problems }: Pick<StorageDomain, 'status' | 'problems'>,
  t: TFunction,
): string {
  const word = t(`storage:status.${status}`)
  return problems.length === 0 ? word : `${word} · ${t('clusters:problems.count', { count: problems.length })}`
}

/** Where a domain lies, as an admin would type it: "10.77.0.1:/exports/data", "/mnt/data". Pure. */
export function describePlace(storage: DomainStorage): string {
  if ('lunIds' in storage) return storage.lunIds.join(', ')
  if (storage.kind === 'nfs') return `${storage.server}:${storage.export}`
  return storage.kind === 'posix' && storage.source !== undefined ? storage.source : storage.path
}

/** What that is called. Pure. */
export function placeLabelOf(storage: DomainStorage) {
  if ('lunIds' in storage) return 'storage:label.luns' as const
  return storage.kind === 'nfs' ? ('storage:label.export' as const) : ('storage:label.path' as const)
}

export const CONNECTION_TONES: Readonly<Record<StorageConnection['status'], Tone>> = {
  connected: 'ok',
  connecting: 'moving',
  failed: 'bad',
  disconnected: 'off',
}

export const LOCK_TONES: Readonly<Record<LockProof['verdict'], Tone>> = {
  unproved: 'unknown',
  none: 'bad',
  exclusive: 'ok',
  'exclusive-and-fencing': 'ok',
}

/** How many hosts reach it, of those that should. Pure. */
export function countConnected(connections: readonly Pick<StorageConnection, 'status'>[]): number {
  return connections.filter(({ status }) => status === 'connected').length
}
