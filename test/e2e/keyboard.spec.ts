import { resolve } from 'node:path'
import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { startFakeEngine } from '../unit/renderer/fake-engine.ts'
import { guid } from '../unit/renderer/invented.ts'
import { expectAccessible } from './fixture.ts'

/*
 * What the keyboard and a lost engine ask of the page, with invented machines: many of them, and an engine that can be
 * stopped and started at will. The lab's tests show that the real engine does what this one pretends.
 */

const folder = resolve(import.meta.dirname, '../../out/renderer')
const machines = 500

interface Pretended {
  readonly url: string
  stop(): Promise<void>
  start(): Promise<void>
}

const test = base.extend<{ readonly engine: Pretended }>({
  engine: [
    async ({ page }, use) => {
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(String(error)))
      let running = await startFakeEngine({ folder, port: 0, machines, hosts: 1 })
      const { url } = running
      await page.goto(url)
      await expect(page.getByRole('treeitem', { name: 'node1.lab' })).toBeVisible()
      await use({
        url,
        stop: () => running.stop(),
        start: async () => {
          running = await startFakeEngine({ folder, port: Number(new URL(url).port), machines, hosts: 1 })
        },
      })
      await running.stop()
      expect(errors, 'errors in the page').toEqual([])
    },
    { auto: true },
  ],
})

async function openMachines(page: Page, engine: Pretended, query = ''): Promise<void> {
  await page.goto(`${engine.url}#/all/vms${query}`)
  await expect(row(page, 'web-01')).toBeVisible()
}

function row(page: Page, machine: string): Locator {
  return page.getByRole('region', { name: 'Machines' }).getByRole('row', { name: new RegExp(`^${machine}\\b`) })
}

/** The name of the machine whose row has the focus. */
function focusedRow(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.closest('[data-row]')?.querySelector('button')?.textContent)
}

test('the focused row of a long list is never lost, however far the list is scrolled', async ({ page, engine }) => {
  await openMachines(page, engine)
  await row(page, 'web-01').focus()
  await page.keyboard.press('End')
  await expect.poll(() => focusedRow(page)).toBe('web-500')
  const list = page.getByRole('region', { name: 'Machines' }).locator('.vd-table__scroller')
  await list.evaluate((scroller) => {
    scroller.scrollTop = 0
  })
  await expect(row(page, 'web-01')).toBeVisible()
  expect(await focusedRow(page)).toBe('web-500')
  await page.keyboard.press('ArrowUp')
  await expect.poll(() => focusedRow(page)).toBe('web-499')
  await page.keyboard.press('Home')
  await expect.poll(() => focusedRow(page)).toBe('web-01')
  await page.keyboard.press('Shift+ArrowDown')
  await expect(page.getByText('2 selected')).toBeVisible()
})

test('a menu acts on no machine that the filter hides', async ({ page, engine }) => {
  await openMachines(page, engine)
  await row(page, 'web-01').focus()
  await page.keyboard.press('Control+a')
  await expect(page.getByText('500 selected')).toBeVisible()
  await page.getByLabel('Filter machines').fill('web-12')
  await expect(page.getByText('11 selected')).toBeVisible()
  await row(page, 'web-12').click({ button: 'right' })
  await page.getByRole('menuitem', { name: /^Power off/ }).click()
  await expect(page.getByRole('dialog')).toContainText('machines?')
  await expect(page.getByRole('dialog')).not.toContainText('500')
})

test('the palette gives the focus back to where it was', async ({ page }) => {
  await expect(page.getByRole('treeitem', { name: 'web-01' })).toBeVisible()
  await page.getByRole('treeitem', { name: 'node1.lab' }).focus()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('web-03')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'web-03' })).toBeVisible()
  await expect(page.getByRole('tree').locator(':focus')).toHaveCount(1)
})

test('a host is added with the keyboard alone, and the focus never leaves the dialog', async ({ page }) => {
  const add = page.getByRole('button', { name: 'Add host…' }).first()
  await add.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Address')).toBeFocused()
  await page.keyboard.type(' node9.lab ')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('fingerprint')).toBeVisible()
  await expect(dialog.getByRole('region')).toBeFocused()
  const press = async (target: Locator, key: string): Promise<void> => {
    for (let step = 0; step < 8 && !(await target.evaluate((own) => own === document.activeElement)); step += 1) {
      await page.keyboard.press('Tab')
    }
    await expect(target).toBeFocused()
    await page.keyboard.press(key)
  }
  await press(dialog.getByRole('checkbox'), ' ')
  await press(dialog.getByRole('button', { name: 'Trust this key' }), 'Enter')
  await expect(dialog.getByRole('list', { name: 'Checks' })).toBeVisible()
  await expect(dialog.getByRole('region')).toBeFocused()
  await press(dialog.getByRole('button', { name: 'Back' }), 'Enter')
  await expect(page.getByTestId('fingerprint')).toBeVisible()
  await press(dialog.getByRole('button', { name: 'Back' }), 'Enter')
  await expect(dialog.getByLabel('Address')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(add).toBeFocused()
})

test('a question from a menu gives the focus back to where the menu was asked for', async ({ page }) => {
  const node = page.getByRole('treeitem', { name: 'web-01' })
  await node.click()
  // The second time its code is there at once.
  for (const time of ['first', 'second']) {
    await node.focus()
    await page.keyboard.press('Shift+F10')
    await page.getByRole('menuitem', { name: /^Power off/ }).press('Enter')
    await expect(page.getByRole('dialog').getByRole('button', { name: 'Cancel' }), time).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await expect(node, time).toBeFocused()
  }
})

test('what is typed survives the loss of the engine, which is said, and the page comes back by itself', async ({
  page,
  engine,
}) => {
  await page.getByRole('treeitem', { name: 'web-01' }).click()
  await page.getByRole('button', { name: 'Add host…' }).first().click()
  const address = page.getByRole('dialog').getByLabel('Address')
  await address.fill('node9.lab')
  await engine.stop()
  await expect(page.getByText('The connection to the engine is lost.')).toBeVisible()
  // how old everything is by now, and nothing looks green that nobody keeps current
  await expect(page.getByText(/What you see is .+ old/)).toBeVisible()
  await expect(page.locator('.vd-content')).toHaveCSS('filter', 'grayscale(1)')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toContainText('The connection to the engine was lost')
  await expectAccessible(page, 'a dialog without an engine')
  await engine.start()
  await expect(page.getByTestId('connection')).toHaveAttribute('data-connection', 'open')
  await expect(address).toHaveValue('node9.lab')
})

test('a dialog whose code does not arrive says what to do, and is loaded anew when it is asked for again', async ({
  page,
}) => {
  let refuse = true
  await page.route(/ShortcutsDialog/, (route) => (refuse ? route.abort() : route.continue()))
  await page.reload()
  await expect(page.getByRole('treeitem', { name: 'node1.lab' })).toBeVisible()
  const askForShortcuts = async (): Promise<void> => {
    await page.getByRole('menuitem', { name: 'Help' }).click()
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click()
  }
  await askForShortcuts()
  const notice = page.getByRole('heading', { name: 'A part of this window could not be loaded' })
  await expect(notice).toBeVisible()
  await expect(page.getByText('Load the window again')).toBeVisible()
  await expect(page.getByRole('treeitem', { name: 'node1.lab' })).toBeVisible()
  refuse = false
  await askForShortcuts()
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
})

test('the button of the theme follows the system, where that is the preference', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await expect(page.getByRole('button', { name: 'Switch to the dark theme' })).toBeVisible()
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(page.getByRole('button', { name: 'Switch to the light theme' })).toBeVisible()
})

for (const [keys, region] of [
  ['F6', '.vd-titlebar'],
  ['Shift+F6', '.vd-dock'],
] as const) {
  test(`with nothing focused, ${keys} goes to ${region}`, async ({ page }) => {
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true)
    await page.keyboard.press(keys)
    await expect(page.locator(region).locator(':focus')).toHaveCount(1)
  })
}

test('a link to a machine opens the host above it, which was closed', async ({ page, engine }) => {
  const machine = page.getByRole('treeitem', { name: 'web-03' })
  await expect(machine).toBeVisible()
  await page.getByRole('treeitem', { name: 'node1.lab' }).locator('.vd-tree__toggle').click()
  await expect(machine).toHaveCount(0)
  await page.goto('about:blank')
  await page.goto(`${engine.url}#/vm/${guid(2, 3)}`)
  await expect(machine).toBeVisible()
  await expect(machine).toHaveAttribute('aria-selected', 'true')
})

test('a console window that the browser blocks is told of', async ({ page }) => {
  await page.evaluate(() => {
    window.open = () => null
  })
  await page.getByRole('treeitem', { name: 'web-01' }).dblclick()
  await expect(page.getByRole('heading', { name: 'Open console failed: web-01' })).toBeVisible()
  await expect(page.getByText('Allow pop-up windows')).toBeVisible()
})

test('an emptied user and port go back to their defaults', async ({ page }) => {
  const sent: string[] = []
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))))
  await page.reload()
  await page.getByRole('treeitem', { name: 'node1.lab' }).focus()
  await page.getByRole('treeitem', { name: 'node1.lab' }).click()
  await page.keyboard.press('F2')
  const dialog = page.getByRole('dialog')
  for (const field of ['Name', 'User', 'Port']) await dialog.getByLabel(new RegExp(`^${field}`)).fill('')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
  const input = sent
    .map((frame) => JSON.parse(frame))
    .find((frame) => frame.command === 'host.edit' && frame.t === 'call')
  expect(input?.input).toMatchObject({ name: null, user: null, port: null })
})

test('without an engine every button says why it cannot be pressed', async ({ page, engine }) => {
  await page.getByRole('treeitem', { name: 'web-01' }).click()
  const pause = page.getByRole('main').getByRole('button', { name: 'Pause', exact: true })
  await expect(pause).toBeEnabled()
  await engine.stop()
  await expect(pause).toBeDisabled()
  await pause.hover()
  await expect(page.getByRole('tooltip')).toHaveText('The connection to the engine was lost')
})

test('an address that somebody typed wrong shows the list', async ({ page, engine }) => {
  await openMachines(page, engine, '?%E0%A4%A')
  await expect(page.getByText('500 machines').first()).toBeVisible()
})
