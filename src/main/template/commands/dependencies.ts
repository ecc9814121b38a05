import type { VmId } from '../../../shared/domain/index.ts'
import type { MachineDisks } from '../../disk/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import type { HostRegistry } from '../../hosts/index.ts'
import type { KnownSnapshots } from '../../snapshot/index.ts'
import type { OwnActions } from '../../vm/index.ts'
import type { TemplateStore } from '../template-store.ts'

/** What the commands on clones work with. */
export interface CloneDependencies {
  readonly hosts: HostRegistry
  readonly ownActions: OwnActions
  readonly machineDisks: MachineDisks
  /** What was last read of machines' snapshots. */
  readonly known: KnownSnapshots
}

/** Beside that, what those on templates do. */
export interface TemplateDependencies extends CloneDependencies {
  readonly store: TemplateStore
}

/** Reads a machine's snapshots anew where one of them is asked for, and its host can be. Errors: those of the link. */
export async function readSnapshots(
  { hosts, known }: Pick<CloneDependencies, 'hosts' | 'known'>,
  model: ModelSnapshot,
  { vmId, snapshotId }: { readonly vmId: VmId; readonly snapshotId?: string | undefined },
): Promise<void> {
  const vm = snapshotId === undefined ? undefined : model.vms.get(vmId)
  const link = vm === undefined ? null : hosts.find(vm.hostId)
  if (vm !== undefined && link?.isLive === true) await known.read(link, vm)
}
