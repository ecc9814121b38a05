import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../../../src/main/engine/index.ts'
import { type Inventory, type OpenInventoryOptions, openInventory } from '../../../../src/main/inventory/index.ts'

/** A folder that is gone after the test. */
export async function createTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'virtdeck-inventory-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Opens an inventory that is closed after the test; the test may have done so before. */
export async function openForTest(dataDir: string, options: Partial<OpenInventoryOptions> = {}): Promise<Inventory> {
  const inventory = await openInventory({ dataDir, clock: systemClock, ...options })
  onTestFinished(() => inventory.close())
  return inventory
}
