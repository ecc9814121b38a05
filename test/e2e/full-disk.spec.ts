import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './fixture.ts'
import { startServedApp } from './served-app.ts'

/** Mounts a file system of 8 MiB on $1, copies $0 into it, fills it to the last byte, and becomes what comes after them. */
const FULL_DISK = `mount -t tmpfs -o size=8m,mode=700 tmpfs "$1" && cp -a "$0/." "$1/" && { cat /dev/zero > "$1/fill" || true; } 2>/dev/null
shift && exec "$@"`

let folder = ''
test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virtdeck-full-'))
})
test.afterEach(() => rm(folder, { recursive: true }))

/** Starts on a full disk that has this content. The disk is seen by this process alone, and is gone with it. */
function startOnFullDisk(content: string, dataDir: string) {
  return startServedApp({ dataDir, launcher: ['unshare', '-m', '--', 'sh', '-c', FULL_DISK, content, dataDir] })
}

function setAuditDays(page: Page, auditDays: number) {
  return page.evaluate(async (days) => {
    const answer = await fetch('/api/commands/settings.set', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${localStorage.getItem('virtdeck.session')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ auditDays: days }),
    })
    return (await answer.json()) as { ok: boolean; error?: { code: string } }
  }, auditDays)
}

test('a full disk shows everything, refuses changes and says why, and goes on by itself when there is room', async ({
  page,
}) => {
  const seed = await mkdtemp(join(folder, 'seed-'))
  const before = await startServedApp({ dataDir: seed })
  await page.goto(before.url)
  await expect(page.getByRole('button', { name: 'Add host…' }).first()).toBeVisible()
  expect(await setAuditDays(page, 77)).toMatchObject({ ok: true })
  await before.stop({ keepData: true })

  const app = await startOnFullDisk(seed, await mkdtemp(join(folder, 'full-')))
  try {
    await page.goto(app.url)
    const banner = page.getByRole('region', { name: 'Disk full' })
    await expect(banner).toContainText('is full')
    expect(await setAuditDays(page, 5)).toMatchObject({ ok: false, error: { code: 'inventory.disk-full' } })
    // What cannot be made says so before anybody fills in its dialog.
    await page.getByRole('menubar').getByRole('menuitem').first().click()
    for (const name of ['New datacenter…', 'New cluster…', 'Add host…', 'Add several hosts…']) {
      await expect(page.getByRole('menuitem', { name })).toHaveAttribute('aria-disabled', 'true')
    }
    await page.getByRole('menuitem', { name: 'New datacenter…' }).hover()
    await expect(page.getByRole('menu')).toContainText('is full')
    // Read from the inventory as it was.
    await page.getByRole('menuitem', { name: 'Settings…' }).click()
    await expect(
      page
        .getByRole('dialog')
        .getByLabel(/events/i)
        .first(),
    ).toHaveValue('77')
    await page.keyboard.press('Escape')

    await rm(`/proc/${app.pid}/root${app.dataDir}/fill`)
    await expect(banner).toBeHidden()
    await expect(page.getByRole('button', { name: 'Add host…' }).first()).toBeEnabled()
    expect(await setAuditDays(page, 5)).toMatchObject({ ok: true })
  } finally {
    await app.stop()
  }
})

test('a new inventory cannot begin on a full disk, and that is what is said', async () => {
  const empty = await mkdtemp(join(folder, 'empty-'))
  const started = startOnFullDisk(empty, await mkdtemp(join(folder, 'full-')))
  await expect(started.then((app) => app.stop())).rejects.toThrow(/The disk of .* is full \(0 bytes free\)/)
})
