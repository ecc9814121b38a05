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
  const holders = { 200: await inventory.datacenters.fetchAll(), 300: await inventory.clusters.fetchAll() }
  const change = (number: number): Partial<AuditEvent> => {
    const [holder] = number === 200 || number === 300 ? holders[number] : []
    const kind = number === 200 ? 'datacenter' : 'cluster'
    if (holder === undefined) return {}
    return { kind: 'command.succeeded', command: `${kind}.edit`, subject: { kind, id: holder.id, name: holder.name } }
  }
  await inventory.audit.append(
    Array.from({ length: LINES }, (_unused, index) => ({ ...lineOf(index + 1), ...change(index + 1) })),
  )
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
    // Of a cluster its own; of a datacenter what its clusters have, too: found behind a thousand lines about others.
    const main = page.getByTestId('page')
    for (const [place, texts] of [
      ['cluster', ['Edit cluster: done']],
      ['datacenter', ['Edit cluster: done', 'Edit datacenter: done']],
    ] as const) {
      const lines = page.getByRole('treeitem', { name: 'Default' })
      await (place === 'datacenter' ? lines.first() : lines.last()).click()
      await main.getByRole('tab', { name: 'Events' }).click()
      await expect(main.getByText('Edit cluster: done')).toHaveCount(0)
      await main.getByRole('button', { name: 'Show older events' }).click()
      for (const text of texts) await expect(main.getByText(text)).toBeVisible()
      await expect(main.getByRole('button', { name: 'Show older events' })).toHaveCount(0)
      await expect(main.getByText(/guest-/)).toHaveCount(0)
    }
  } finally {
    await app.stop()
  }
})
