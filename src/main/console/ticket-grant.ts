import type { HostId, VmId } from '../../shared/domain/index.ts'

/** A ticket that makes the terminal of a host's shell. */
export interface ShellGrant {
  readonly user: string
  readonly kind: 'shell'
  readonly hostId: HostId
  readonly columns: number
  readonly rows: number
}

/** A ticket that makes the console of a VM. */
export interface ConsoleGrant {
  readonly user: string
  readonly vmId: VmId
  readonly kind: 'graphics' | 'serial'
  /** Alias of the serial port; null: the first that can be opened. */
  readonly port: string | null
  readonly force: boolean
}

/** What a ticket entitles to. */
export type TicketGrant = ConsoleGrant | ShellGrant
