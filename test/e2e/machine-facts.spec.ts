import { resolve } from 'node:path'
import { test as base, expect, type Locator, type Page } from '@playwright/test'
import type { Vm } from '../../src/shared/domain/index.ts'
import { startFakeEngine } from '../unit/renderer/fake-engine.ts'
import { inventError } from '../unit/renderer/invented.ts'

/*
 * What the page tells of machines that are not like the others: invented ones, as no test should have to break a host to see how
 * a broken machine looks.
 */

const LONG = `archive-${'of-everything-'.repeat(12)}2026`
const RIGHT_TO_LEFT = 'שרת-1'
const unreadable = inventError('vm.definition-unreadable', { name: 'web-03', detail: 'unclosed tag: devices' })

const UNLIKE: Readonly<Record<number, Partial<Vm>>> = {
  1: { name: 'web' },
  2: { name: 'web ' },
  3: { problems: [{ severity: 'warning', error: unreadable }] },
  4: { graphics: [] },
  6: { name: LONG },
  7: { name: RIGHT_TO_LEFT },
  8: { guestAgent: 'absent' },
  9: { status: 'unknown', lastStatus: 'up', stale: true },
  10: {
    status: 'up',
    pending: [
      { what: 'memory', device: null, now: 8 * 1_048_576, next: 12 * 1_048_576 },
      { what: 'device', device: 'video', now: 'virtio', next: 'qxl' },
    ],
  },
  11: { graphics: [], serialPorts: [], hasSerialConsole: false },
}

const test = base.extend<{ readonly url: string }>({
  url: [
    async ({ page }, use) => {
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(String(error)))
      const folder = resolve(import.meta.dirname, '../../out/renderer')
      const change = (machine: number) => UNLIKE[machine] ?? {}
      const engine = await startFakeEngine({ folder, port: 0, machines: 12, hosts: 1, change })
      await page.goto(engine.url)
      await expect(page.getByRole('treeitem', { name: 'node1.lab' })).toBeVisible()
      await use(engine.url)
      await engine.stop()
      expect(errors, 'errors in the page').toEqual([])
    },
    { auto: true },
  ],
})

/** Lines and rows by the machine's number: their names are what is looked at. */
const idOf = (machine: number) => `00000002-0000-4000-8000-${machine.toString(16).padStart(12, '0')}`
const line = (page: Page, machine: number): Locator => page.locator(`[data-node="vm:${idOf(machine)}"]`)
const row = (page: Page, machine: number): Locator => page.locator(`[data-row="${idOf(machine)}"]`)

test('a name is shown as it is: its blanks, its direction, and the whole of it where it is cut short', async ({
  page,
  url,
}) => {
  const named = (place: Locator, name: string) => expect(place.locator('bdi').first()).toHaveText(name)
  for (const [machine, shown] of [
    [1, 'web'],
    [2, 'web␣'],
    [7, RIGHT_TO_LEFT],
  ] as const) {
    await named(line(page, machine), shown)
  }
  await expect(line(page, 6).locator('bdi')).toHaveAttribute('title', LONG)
  await page.goto(`${url}#/all/vms`)
  await named(row(page, 2), 'web␣')
  await named(row(page, 7), RIGHT_TO_LEFT)
  await expect(row(page, 6).locator('bdi').first()).toHaveAttribute('title', LONG)
  await row(page, 1).locator('td').nth(2).click()
  await row(page, 2)
    .locator('td')
    .nth(2)
    .click({ modifiers: ['Control'] })
  await page.getByRole('button', { name: 'Shut down', exact: true }).click()
  const question = page.getByRole('dialog', { name: 'Shut down 2 machines?' })
  await expect(question.getByRole('listitem').locator('bdi')).toHaveText(['web', 'web␣'])
  await page.keyboard.press('Escape')
  await line(page, 2).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('web␣')
  await line(page, 2).click({ button: 'right' })
  await expect(page.getByRole('menu', { name: 'web␣' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('main').getByRole('button', { name: 'Shut down', exact: true }).click()
  await expect(page.getByRole('dialog', { name: 'Shut down web␣?' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('web ')
  await expect(page.getByRole('option').locator('bdi', { hasText: 'web␣' }).first()).toBeVisible()
})

test('a machine that has only a serial port opens that, and one that has nothing to look at opens nothing', async ({
  page,
}) => {
  const [opened] = await Promise.all([page.context().waitForEvent('page'), line(page, 4).dblclick()])
  expect(new URL(opened.url()).search).toContain('kind=serial')
  await opened.close()
  await line(page, 4).click()
  const [again] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('main').getByRole('button', { name: 'Serial console' }).click(),
  ])
  expect(new URL(again.url()).search).toContain('kind=serial')
  await again.close()
  const windows: unknown[] = []
  page.context().on('page', (window) => windows.push(window))
  await line(page, 11).dblclick()
  await expect(page.getByRole('heading', { name: 'web-11' })).toBeVisible()
  await expect(page.getByRole('main').getByRole('button', { name: 'Console' })).toBeDisabled()
  expect(windows).toEqual([])
})

test('a mark that warns says of what: in the tree, in the table, at the head of the page', async ({ page, url }) => {
  const words = 'Up · The definition of web-03 cannot be read'
  await expect(line(page, 3).getByRole('img', { name: words })).toBeVisible()
  await line(page, 3).click()
  await expect(page.locator('[data-status="up"]')).toContainText(words)
  await page.goto(`${url}#/all/vms`)
  await expect(row(page, 3).getByTitle(words)).toBeVisible()
})

test('of a machine whose host is lost the tree and the table tell what it last was', async ({ page, url }) => {
  await expect(line(page, 9)).toContainText('was Up')
  await expect(line(page, 9).getByRole('img', { name: 'Unknown · was Up' })).toBeVisible()
  await page.goto(`${url}#/all/vms`)
  await expect(row(page, 9)).toContainText('Unknown · was Up')
  // All of it is grey: its name, its place, its numbers.
  const grey = await row(page, 9)
    .getByTitle('Unknown · was Up')
    .evaluate((own) => getComputedStyle(own).color)
  await expect(row(page, 9).getByRole('button', { name: 'web-09' })).toHaveCSS('color', grey)
  await expect(row(page, 9).getByText('node1.lab')).toHaveCSS('color', grey)
})

test('memory that QEMU holds is not shown as what the guest uses', async ({ page, url }) => {
  await page.goto(`${url}#/all/vms`)
  await expect(row(page, 8).getByText('4.8 GiB (RSS)')).toHaveAttribute('title', /does not tell what it uses/)
  await expect(row(page, 3)).toContainText('4.8 GiB')
  await expect(row(page, 3)).not.toContainText('RSS')
})

test('a plot says its values under the pointer, and by the arrow keys; what its lines are, its legend says', async ({
  page,
}) => {
  await line(page, 1).click()
  const plot = page.getByRole('slider', { name: 'CPU' })
  const tip = plot.locator('.vd-plot__tip')
  await expect(plot).toHaveAttribute('aria-valuetext', /%/)
  await expect(tip).toHaveCount(0)
  // The line ends at its right.
  const box = await plot.boundingBox()
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) - 20, (box?.y ?? 0) + 30)
  await expect(tip).toHaveText(/\d+:\d+:\d+.*%/)
  await page.mouse.move(0, 0)
  await expect(tip).toHaveCount(0)
  await plot.focus()
  await page.keyboard.press('Home')
  await expect(plot).toHaveAttribute('aria-valuenow', '0')
  const first = (await plot.getAttribute('aria-valuetext')) ?? ''
  await expect(tip).toContainText(first.split(',')[0] ?? '?')
  await page.keyboard.press('ArrowRight')
  await expect(plot).toHaveAttribute('aria-valuenow', '1')
  await page.keyboard.press('Escape')
  await expect(tip).toHaveCount(0)
  // Two lines in one plot: each with its name and its newest value.
  const legend = page.locator('.vd-plot-card', { hasText: 'Network' }).locator('.vd-plot__entry')
  await expect(legend).toHaveCount(2)
  await expect(legend.first()).toHaveText(/\d/)
})

test('what waits for the next start of a machine is on its page, marked in the list, and can be searched for', async ({
  page,
  url,
}) => {
  const words = '2 changes wait for the next start: memory 8 GiB → 12 GiB, video virtio → qxl'
  await line(page, 10).click()
  await expect(page.getByRole('tabpanel', { name: 'Summary' })).toContainText(words)
  await page.goto(`${url}#/all/vms`)
  await expect(row(page, 10).getByRole('img', { name: words })).toBeVisible()
  await page.getByLabel('Filter machines').fill('pending=yes')
  await expect(page.getByText('1 machine', { exact: true })).toBeVisible()
})

test('the page of a stopped machine has what went wrong first, one line for its load, and its snapshots', async ({
  page,
}) => {
  await line(page, 5).click()
  const summary = page.getByRole('tabpanel', { name: 'Summary' })
  await expect(summary).toContainText('It does not run: there is no load to show.')
  await expect(summary.getByRole('region', { name: 'CPU' })).toHaveCount(0)
  // The fake engine's trail has a start of it that failed.
  const failure = summary.getByRole('heading', { name: /Start: failed/ })
  await expect(failure).toBeVisible()
  expect(await summary.evaluate((panel) => panel.querySelector('.vd-summary')?.firstElementChild?.textContent)).toMatch(
    /Start: failed/,
  )
  const snapshots = summary.getByRole('list', { name: 'Snapshots · 2' })
  await expect(snapshots.getByRole('listitem')).toHaveText([/^after-upgrade.*current$/, /^before-upgrade/])
  await expect(summary.getByRole('row', { name: /vda/ })).toContainText('images · web-5.qcow2')
})
