import type { MachineDefinitions } from '../disk/index.ts'
import type { FeatureHandlers, LiveTopics, Log } from '../engine/index.ts'
import type { BackupDependencies } from './backup-work.ts'
import { BackupsProjection } from './backups-projection.ts'
import { createBackupCreate } from './commands/create.ts'
import { createBackupRemove } from './commands/remove.ts'
import { createBackupRestore } from './commands/restore.ts'

export type BackupHandlers = Pick<FeatureHandlers, Extract<keyof FeatureHandlers, `backup.${string}`>>

export interface BackupsOptions extends Omit<BackupDependencies, 'projection'> {
  readonly topics: LiveTopics
  readonly machines: MachineDefinitions
  readonly log: Log
}

export interface Backups {
  readonly handlers: BackupHandlers
  stop(): void
}

/** Backups of machines in storage domains: the topic that shows them, and the commands on them. */
export function startBackups({ topics, log, machines, ...options }: BackupsOptions): Backups {
  const projection = new BackupsProjection({ topics, hosts: options.hosts, log })
  const dependencies = { ...options, projection }
  return {
    handlers: {
      'backup.create': createBackupCreate({ ...dependencies, machines }),
      'backup.restore': createBackupRestore(dependencies),
      'backup.remove': createBackupRemove(dependencies),
    },
    stop: () => projection.stop(),
  }
}
