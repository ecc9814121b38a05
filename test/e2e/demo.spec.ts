import { readdir, rm } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { test as base, expect, expectAccessible } from './fixture.ts'
import { startServedApp } from './served-app.ts'

/* Somebody without a host: the demo, with a machine that is dragged to another host and a screen that is looked at. */

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
  app: async ({}, use, info) => {
    const app = await startServedApp({ demo: true })
    await use(app)
    if (info.status !== info.expectedStatus) await info.attach('server', { body: app.output() })
    // It takes its folder with it.
    await app.stop({ keepData: true })
    expect((await readdir(app.dataDir)).filter((name) => name.startsWith('virtdeck-demo-'))).toEqual([])
    await rm(app.dataDir, { recursive: true, force: true })
  },
})

function pixels(page: Page): Promise<string> {
  return page.getByRole('application').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
}

/** The colours of the bars, from left to right. */
function bars(page: Page): Promise<string[]> {
  return page.getByRole('application').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement
    const picture = (canvas as HTMLCanvasElement).getContext('2d')
    return Array.from({ length: 7 }, (_, index) => {
      const [red, green, blue] = picture?.getImageData(((index + 0.5) * width) / 7, height / 4, 1, 1).data ?? []
      return `${red},${green},${blue}`
    })
  })
}

test('the demo says that it is one; a machine is dragged to another host, and its screen moves', async ({ deck }) => {
  test.slow()
  const label = deck.getByRole('button', { name: 'Simulated', exact: true })
  await expect(label).toBeVisible()
  const tour = deck.getByRole('region', { name: 'Tour of the demo' })
  await expect(tour).toContainText('1 of 6')
  await tour.getByRole('button', { name: 'Next' }).click()
  await expect(tour).toContainText('2 of 6')
  const machine = deck.getByRole('treeitem', { name: 'web-01' })
  const target = deck.getByRole('treeitem', { name: 'kvm2' })
  await expect(machine.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
  await expect(target.getByRole('img', { name: /^Up/ })).toBeVisible()
  await machine.click()
  const way = deck.getByRole('navigation', { name: 'Where this is' })
  await expect(way.getByRole('button', { name: 'kvm1' })).toBeVisible()
  await expectAccessible(deck, 'the demo')

  await machine.hover()
  await deck.mouse.down()
  await target.hover()
  await target.hover()
  await expect(target).toHaveAttribute('data-migrate', 'fits')
  await deck.mouse.up()
  const dialog = deck.getByRole('dialog', { name: 'Migrate web-01' })
  await dialog.getByRole('button', { name: 'Migrate', exact: true }).click()
  await expect(dialog).toHaveCount(0, { timeout: 60_000 })
  await expect(way.getByRole('button', { name: 'kvm2' })).toBeVisible()

  await tour.getByRole('button', { name: 'End tour' }).click()
  await expect(tour).toHaveCount(0)
  await label.click()
  await expect(tour).toContainText('1 of 6')

  const [view] = await Promise.all([deck.context().waitForEvent('page'), machine.dblclick()])
  await expect(view.getByText('Connected', { exact: true })).toBeVisible()
  const card = ['192,192,192', '192,192,0', '0,192,192', '0,192,0', '192,0,192', '192,0,0', '0,0,192']
  await expect.poll(() => bars(view)).toEqual(card)
  const before = await pixels(view)
  await expect.poll(() => pixels(view)).not.toBe(before)
})
