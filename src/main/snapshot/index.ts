import type { FeatureHandlers, Log, TopicRegistry } from '../engine/index.ts'
import { createSnapshotCreate } from './commands/create.ts'
import { createSnapshotEdit } from './commands/edit.ts'
import { createSnapshotRemove } from './commands/remove.ts'
import { createSnapshotRevert } from './commands/revert.ts'
import { KnownSnapshots } from './known-snapshots.ts'
import { produceSnapshots } from './produce-snapshots.ts'
import { createSnapshotWork, type SnapshotDependencies } from './snapshot-work.ts'

export { isExternal, isRunning, keptDisks } from './decide-method.ts'
export { findSnapshot } from './decide-removal.ts'
export type { FoundSnapshot } from './fetch-snapshots.ts'
export { KnownSnapshots } from './known-snapshots.ts'

export type SnapshotHandlers = Pick<FeatureHandlers, Extract<keyof FeatureHandlers, `vm.snapshot-${string}`>>

export interface SnapshotsOptions extends Omit<SnapshotDependencies, 'known'> {
  readonly topics: TopicRegistry
  readonly log: Log
}

/** Snapshots of the machines: the commands on them, and the topic that shows them. */
export function startSnapshots({ topics, log, ...options }: SnapshotsOptions): SnapshotHandlers {
  const known = new KnownSnapshots()
  produceSnapshots({ topics, known, log, ...options })
  const dependencies: SnapshotDependencies = { ...options, known }
  const work = createSnapshotWork(dependencies)
  return {
    'vm.snapshot-create': createSnapshotCreate(dependencies, work),
    'vm.snapshot-revert': createSnapshotRevert(dependencies, work),
    'vm.snapshot-remove': createSnapshotRemove(dependencies, work),
    'vm.snapshot-edit': createSnapshotEdit(dependencies, work),
  }
}
