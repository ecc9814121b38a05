import { restoreBackup } from '../../inventory/index.ts'
import type { CliIo } from './io.ts'
import { EXIT } from './io.ts'

/**
 * `restore`: puts a backup in the inventory's place, the newest unless one is named, and keeps what was there beside it.
 * Throws what `restoreBackup` throws, above all `inventory.in-use` while an engine runs on the folder.
 */
export async function runRestore(
  options: { readonly json: boolean; readonly dataDir: string; readonly backup: string | null },
  io: CliIo,
): Promise<number> {
  const { dataDir, backup } = options
  const restored = await restoreBackup({ dataDir, clock: Date, ...(backup === null ? {} : { backup }) })
  const text = `The inventory is the one of ${restored.backup}.\nWhat was there before: ${restored.setAside}\n`
  await io.out(options.json ? `${JSON.stringify(restored)}\n` : text)
  return EXIT.ok
}
