import type { AuditEvent, HostStatus } from '../../shared/domain/index.ts'

/** What the trail says when a host's status changes; null for steps on the way. Pure. */
export function decideHostTrail(
  before: HostStatus | null,
  now: HostStatus,
): Pick<AuditEvent, 'kind' | 'severity'> | null {
  if (before === now) return null
  if (now === 'up') return { kind: 'host.connected', severity: 'info' }
  if (now === 'error' || now === 'non-operational') return { kind: 'host.refused', severity: 'error' }
  if (before === 'up') return { kind: 'host.disconnected', severity: 'warning' }
  return null
}
