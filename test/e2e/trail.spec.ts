import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { openInventory } from '../../src/main/inventory/index.ts'
import type { AuditEvent } from '../../src/shared/domain/index.ts'
import { startServedApp } from './served-app.ts'

/** More than two pages of the trail. */
const LINES = 1_100

function lineOf(number: number): AuditEvent {
  const name = `guest-${number}`
  return {
    id: String(number),
    at: Date.now() - (LINES - number) * 1_000,
    kind: 'vm.started',
    severity: 'info',
    subject: { kind: 'vm', id: `00000002-0000-4000-8000-${String(number).padStart(12, '0')}`, name },
    hostId: null,
    user: 'kim',
    command: null,
    params: {},
    error: null,
    correlationId: null,
  }
}

test('the trail is read back page by page, to its first line', async ({ page }) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'virtdeck-e2e-'))
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
  const inventory = await openInventory({ dataDir, clock })
  await inventory.audit.append(Array.from({ length: LINES }, (_unused, index) => lineOf(index + 1)))
  await inventory.close()
  const app = await startServedApp({ dataDir })
  try {
    await page.goto(app.url)
    await page.getByRole('tab', { name: 'Events' }).click()
    const events = page.getByRole('grid', { name: 'Events' })
    const oldestIs = async (number: number): Promise<void> => {
      await events.getByRole('row').nth(1).focus()
      await page.keyboard.press('End')
      await expect(events.getByRole('button', { name: `guest-${number}`, exact: true })).toBeVisible()
      await expect(events.getByRole('button', { name: `guest-${number - 1}`, exact: true })).toHaveCount(0)
    }
    await expect(events.getByRole('button', { name: `guest-${LINES}`, exact: true })).toBeVisible()
    await oldestIs(LINES - 499)
    const older = page.getByRole('button', { name: 'Show older events' })
    await older.click()
    await expect(older).toBeEnabled()
    await oldestIs(LINES - 999)
    await older.click()
    await expect(older).toHaveCount(0)
    await oldestIs(1)
  } finally {
    await app.stop()
  }
})
