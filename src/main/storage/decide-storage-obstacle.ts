import type { HostId, StorageDomain } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'

export interface StorageTrouble {
  readonly domain: Pick<StorageDomain, 'name' | 'type'>
  /** Why this host does not reach it, and for how long. */
  readonly error: AppError
  readonly forMs: number
  /** Some other host does. */
  readonly othersReachIt: boolean
}

/** Here something else is: waiting does not make it the domain that the others have. */
const AT_ONCE: ReadonlySet<string> = new Set(['storage.not-shared', 'storage.other-domain'])

/**
 * Why a host may not run VMs: it does not reach a data domain that others reach, and that for longer than it is waited for. Media and
 * archives stop no host. Null: nothing. Pure.
 */
export function decideStorageObstacle(
  host: { readonly id: HostId; readonly name: string },
  troubles: readonly StorageTrouble[],
  patienceMs: number,
): AppError | null {
  for (const { domain, error, forMs, othersReachIt } of troubles) {
    if (domain.type !== 'data' || !othersReachIt) continue
    if (AT_ONCE.has(error.code)) return error
    if (forMs < patienceMs) continue
    const params = { name: domain.name, hostName: host.name }
    return new AppError('storage.host-cut-off', params, { hostId: host.id, subject: host.name, cause: error })
  }
  return null
}
