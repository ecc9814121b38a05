import type { VmId } from '../../shared/domain/index.ts'
import { isAppError } from '../../shared/errors/index.ts'
import type { Log } from '../engine/index.ts'
import type { HostLink } from '../hosts/index.ts'
import { GUEST_REPORT_PERIOD_SECONDS } from './decide-memory.ts'

/** `VIR_DOMAIN_AFFECT_LIVE`: for this run only, the definition stays as it is. */
const AFFECT_LIVE = 1
const CALL_TIMEOUT_MS = 10_000

/** A run of a VM whose guest nobody asks for its memory. */
export interface UnaskedGuest {
  readonly vmId: VmId
  readonly name: string
  readonly domainId: number
}

/**
 * Has the guests of one host asked for their memory: QEMU does not by itself, and gives what the guest said at its boot
 * for ever. Each run of a VM is set once, one at a time; one that refuses is left alone.
 */
export class ReportPeriods {
  readonly #log: Log
  readonly #seen = new Map<VmId, number>()
  #working = false

  constructor(log: Log) {
    this.#log = log
  }

  /** Whether we had this run asked. */
  isSet(vmId: VmId, domainId: number): boolean {
    return this.#seen.get(vmId) === domainId
  }

  /** Forgets the VMs that do not run there any more. */
  keepOnly(running: ReadonlyMap<VmId, unknown>): void {
    for (const vmId of this.#seen.keys()) if (!running.has(vmId)) this.#seen.delete(vmId)
  }

  /** Sets the period of those that were not set yet. Never rejects; while it works, more are left to the next call. */
  async set(link: HostLink, guests: readonly UnaskedGuest[]): Promise<void> {
    if (this.#working) return
    this.#working = true
    try {
      for (const guest of guests) {
        if (!link.isLive) break
        if (!this.isSet(guest.vmId, guest.domainId)) await this.#setOne(link, guest)
      }
    } finally {
      this.#working = false
    }
  }

  async #setOne(link: HostLink, { vmId, name, domainId }: UnaskedGuest): Promise<void> {
    this.#seen.set(vmId, domainId)
    const dom = { name, uuid: vmId, id: domainId }
    try {
      await link
        .control()
        .call(
          'DOMAIN_SET_MEMORY_STATS_PERIOD',
          { dom, period: GUEST_REPORT_PERIOD_SECONDS, flags: AFFECT_LIVE },
          { timeoutMs: CALL_TIMEOUT_MS },
        )
    } catch (error) {
      if (isAppError(error)) this.#log.debug({ vmId, code: error.code }, 'a guest cannot be asked for its memory')
      else this.#log.error({ err: error, vmId }, 'asking a guest for its memory failed by a bug')
      // The host went, not the guest: it is asked when the host is back.
      if (!link.isLive) this.#seen.delete(vmId)
    }
  }
}
