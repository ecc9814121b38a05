import type { HostId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'

/** Why a shell on the host cannot be opened now, or null. Pure. */
export function decideShell(model: ModelSnapshot, hostId: HostId): AppError | null {
  const host = model.hosts.get(hostId)
  if (host === undefined) return new AppError('host.not-found', { hostId })
  const { name, status } = host
  const about = { subject: name, hostId }
  if (host.transport === 'local') return new AppError('host.needs-ssh', { name, action: 'host.shell' }, about)
  return host.stale ? new AppError('host.not-connected', { name, status }, { ...about, retry: 'safe' }) : null
}

/** What the trail says a shell is about. */
export function shellSubject(model: ModelSnapshot, { hostId }: { readonly hostId: HostId }) {
  return { kind: 'host', id: hostId, name: model.hosts.get(hostId)?.name ?? hostId } as const
}
