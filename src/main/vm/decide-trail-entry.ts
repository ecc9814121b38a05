import type { AuditEvent, EventKind } from '../../shared/domain/index.ts'
import { type DomainEvent, type DomainRecord, nameLifecycleDetail } from '../hosts/index.ts'

/** A line that an event of a host deserves. */
export interface TrailLine {
  readonly kind: EventKind
  readonly severity: AuditEvent['severity']
  readonly params: Readonly<Record<string, string | number | boolean>>
}

/** `VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_DOMAIN_STARTED`: tells nothing that the start does not. */
const AGENT_DOMAIN_STARTED = 1

const TEXT_LIMIT = 1_024

/** `virDomainEventWatchdogAction`. */
const WATCHDOG_ACTIONS = ['none', 'pause', 'reset', 'poweroff', 'shutdown', 'debug', 'inject-nmi']

/** Reasons of a pause that belongs to something else: its end is no resume that anybody asked for. */
const PASSING_PAUSES: ReadonlySet<string> = new Set([
  'starting-up',
  'migration',
  'save',
  'snapshot',
  'dump',
  'shutting-down',
])

/** What the trail says of an event, if anything. `before` is what was known of the domain until then. Pure. */
export function decideTrailLine(event: DomainEvent, before: DomainRecord | null): TrailLine | null {
  switch (event.kind) {
    case 'domain-lifecycle':
      return lifecycleLine(event.event, nameLifecycleDetail(event.event, event.detail), before)
    case 'domain-reboot':
      return line('vm.rebooted')
    case 'domain-watchdog':
      return line('vm.watchdog', 'warning', { action: WATCHDOG_ACTIONS[event.action] ?? 'unknown' })
    case 'domain-io-error':
      if (before?.state === 'paused' && before.reason === 'io-error') return null
      return line('vm.io-error', 'error', {
        device: bounded(event.deviceAlias),
        path: bounded(event.sourcePath),
        reason: bounded(event.reason),
      })
    case 'domain-agent-lifecycle':
      return agentLine(event.state, event.reason, before)
    default:
      return null
  }
}

function lifecycleLine(event: string, detail: string, before: DomainRecord | null): TrailLine | null {
  switch (event) {
    case 'defined':
      if (detail === 'added' || (detail === 'from-snapshot' && before === null)) return line('vm.defined')
      return line('vm.changed', 'info', { detail })
    case 'undefined':
      return detail === 'renamed' ? null : line('vm.undefined')
    case 'started':
      return startedLine(detail)
    case 'suspended':
      return detail === 'migrated' || detail === 'io-error' ? null : line('vm.paused', 'info', { reason: detail })
    case 'pmsuspended':
      return line('vm.paused', 'info', { reason: 'pm-suspended' })
    case 'resumed':
      return before?.state === 'paused' && !PASSING_PAUSES.has(before.reason) ? line('vm.resumed') : null
    case 'stopped':
      return stoppedLine(detail)
    case 'crashed':
      return line('vm.crashed', 'error', { reason: detail })
    default:
      return null
  }
}

/** A confidential guest cannot be reset: libvirt reboots it by starting QEMU anew ("recreated"). */
function startedLine(detail: string): TrailLine {
  if (detail === 'migrated') return line('vm.migrated')
  return detail === 'recreated' ? line('vm.rebooted') : line('vm.started', 'info', { reason: detail })
}

function stoppedLine(detail: string): TrailLine | null {
  if (detail === 'migrated' || detail === 'recreated') return null
  if (detail === 'saved') return line('vm.saved')
  if (detail === 'crashed' || detail === 'failed') return line('vm.crashed', 'error', { reason: detail })
  return line('vm.stopped', 'info', { reason: detail })
}

function agentLine(state: string, reason: number, before: DomainRecord | null): TrailLine | null {
  if (reason === AGENT_DOMAIN_STARTED || before?.state !== 'running') return null
  if (state === 'connected') return line('vm.agent-connected')
  return state === 'disconnected' ? line('vm.agent-disconnected') : null
}

function line(kind: EventKind, severity: TrailLine['severity'] = 'info', params: TrailLine['params'] = {}): TrailLine {
  return { kind, severity, params }
}

/** A host may send megabytes where a path is due. */
function bounded(text: string): string {
  return text.slice(0, TEXT_LIMIT)
}
