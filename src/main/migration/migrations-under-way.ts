import type { HostId, VmId } from '../../shared/domain/index.ts'
import type { MigrationPolicyName } from './policies.ts'

/** A machine whose memory is being sent now. */
export interface MigrationUnderWay {
  readonly sourceId: HostId
  readonly destinationId: HostId
  readonly policy: MigrationPolicyName
  readonly canPostCopy: boolean
}

/** Which machines are on their way now, for what can be asked of one meanwhile. */
export class MigrationsUnderWay {
  readonly #byVm = new Map<VmId, MigrationUnderWay>()

  begin(vmId: VmId, migration: MigrationUnderWay): () => void {
    this.#byVm.set(vmId, migration)
    return () => {
      if (this.#byVm.get(vmId) === migration) this.#byVm.delete(vmId)
    }
  }

  of(vmId: VmId): MigrationUnderWay | null {
    return this.#byVm.get(vmId) ?? null
  }
}
