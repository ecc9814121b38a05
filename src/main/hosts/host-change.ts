import type { HostDefinition, HostFacts, HostId } from '../../shared/domain/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import type { EventKind, LibvirtEvent } from '../libvirt/index.ts'
import type { SkippedDirective, SshEndpoint } from '../ssh/index.ts'
import type { ReachStatus } from './decide-reach-status.ts'
import type { DomainRecord } from './domain-record.ts'
import type { DriverFamily, FamilyEvent } from './driver-family.ts'
import type { FamilyState } from './family-link.ts'

/** What the control connection listens for. A daemon that lacks some of them is fine. */
export const DOMAIN_EVENTS = [
  'domain-lifecycle',
  'domain-reboot',
  'domain-watchdog',
  'domain-io-error',
  'domain-control-error',
  'domain-disk-change',
  'domain-tray-change',
  'domain-pm-wakeup',
  'domain-pm-suspend',
  'domain-pm-suspend-disk',
  'domain-balloon-change',
  'domain-device-removed',
  'domain-device-added',
  'domain-block-job',
  'domain-agent-lifecycle',
  'domain-job-completed',
  'domain-metadata-change',
  'domain-nic-mac-change',
  'domain-vcpu-removed',
  'domain-channel-lifecycle',
] as const satisfies readonly EventKind[]

export type DomainEvent = LibvirtEvent<(typeof DOMAIN_EVENTS)[number]>

/** How a link stands, for whoever shows it. Times in milliseconds since the epoch. */
export interface HostLinkState {
  readonly definition: HostDefinition
  readonly status: ReachStatus
  readonly statusSince: number
  /** Why it is not up. */
  readonly error: AppError | null
  readonly nextAttemptAt: number | null
  /** True while an attempt is under way that somebody asked for. */
  readonly reconnecting: boolean
  readonly hostKey: { readonly type: string; readonly fingerprint: string } | null
  /** What the names led to when it was last reached; null for this computer. */
  readonly endpoint: SshEndpoint | null
  /** Parts of the user's ssh_config that were not evaluated at the last attempt. */
  readonly configSkipped: readonly SkippedDirective[]
  readonly facts: HostFacts | null
  /** When the host last told us anything. */
  readonly asOf: number | null
  /** True while what is known of its domains may no longer hold. */
  readonly stale: boolean
  /** The drivers beside the hypervisor's, which come and go by themselves. */
  readonly drivers: ReadonlyMap<DriverFamily, FamilyState>
}

/** What changed at a host. `domains` names records that were added, replaced or removed. */
export type HostChange =
  | { readonly kind: 'added' | 'removed' | 'state'; readonly hostId: HostId }
  /** What a driver lists, or whether that is current. */
  | { readonly kind: 'resources'; readonly hostId: HostId; readonly family: DriverFamily }
  | {
      readonly kind: 'driver-event'
      readonly hostId: HostId
      readonly family: DriverFamily
      readonly event: FamilyEvent
    }
  | { readonly kind: 'domains'; readonly hostId: HostId; readonly uuids: readonly string[] }
  /** The definition of a domain may be another one: no event told of it. */
  | { readonly kind: 'definition'; readonly hostId: HostId; readonly uuid: string }
  | {
      readonly kind: 'event'
      readonly hostId: HostId
      readonly event: DomainEvent
      /** What was known of the domain before it. */
      readonly before: DomainRecord | null
    }

export type HostChangeListener = (change: HostChange) => void
