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

/** The line of a machine in the tree: its name stands beside its status. */
function line(page: Page, machine: string): Locator {
  return page.getByRole('treeitem', { name: new RegExp(`\\b${machine}\\b`) })
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

test('what is done to 500 machines at once runs on those that can, is asked about once and told of once', async ({
  page,
  engine,
}) => {
  const sent: string[] = []
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))))
  await page.reload()
  await openMachines(page, engine)
  await row(page, 'web-01').focus()
  await page.keyboard.press('Control+a')
  await expect(page.getByRole('button', { name: 'Start (100 of 500)' })).toBeVisible()
  await page.getByRole('button', { name: 'Shut down (400 of 500)' }).click()
  const question = page.getByRole('dialog', { name: 'Shut down 400 machines?' })
  await expect(question).toContainText('100 of 500 are left out')
  await expect(question).toContainText('already down: 100')
  await expectAccessible(page, 'the question before many are shut down')
  await question.getByRole('button', { name: 'Shut down' }).click()
  await expect(page.getByRole('heading', { name: 'Shut down: 400 of 400 done' })).toBeVisible()
  const frames = sent.map(
    (frame) =>
      JSON.parse(frame) as {
        t: string
        command?: string
        input?: { vmIds?: unknown[] }
        calls?: { command: string }[]
      },
  )
  const calls = frames.filter(({ t }) => t === 'call')
  expect(calls).toMatchObject([{ command: 'vm.shutdown' }])
  expect(calls[0]?.input?.vmIds).toHaveLength(400)
  // no machine is asked about by itself
  const asked = frames.filter(({ t }) => t === 'can-run').flatMap((frame) => frame.calls ?? [])
  expect(asked.filter(({ command }) => command.startsWith('vm.'))).toEqual([])
  await expect(page.getByRole('tab', { name: /Failed/ })).toHaveCount(0)
})

test('a menu on another line of the tree marks it and names it; the selection stays', async ({ page }) => {
  const shown = line(page, 'web-01')
  // An open menu hides the rest of the page from assistive technology, so not by its role.
  const other = page.locator('[data-node]').filter({ hasText: 'web-03' })
  await shown.click()
  await expect(page.getByRole('heading', { name: 'web-01' })).toBeVisible()
  await other.click({ button: 'right' })
  await expect(page.getByRole('menu', { name: 'web-03' }).getByText('web-03')).toBeVisible()
  await expect(other).toHaveClass(/marked/)
  await expectAccessible(page, 'the menu of another line')
  await page.getByRole('menuitem', { name: /^Power off/ }).click()
  await expect(page.getByRole('dialog', { name: 'Power off web-03?' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(other).not.toHaveClass(/marked/)
  await expect(shown).toHaveAttribute('aria-selected', 'true')
  await other.click({ modifiers: ['Control'] })
  await expect(page.getByRole('heading', { name: 'web-01' })).toBeVisible()
  await other.click({ button: 'right' })
  await expect(page.getByRole('menu', { name: '2 machines' })).toBeVisible()
})

test('the question before a machine is paused can be turned off, and the focus stays on its button', async ({
  page,
}) => {
  await line(page, 'web-01').click()
  const button = (name: string): Locator => page.getByRole('main').getByRole('button', { name, exact: true })
  await button('Pause').press('Enter')
  const question = page.getByRole('dialog', { name: 'Pause web-01?' })
  await question.getByRole('checkbox').check()
  await question.getByRole('button', { name: 'Pause' }).press('Enter')
  await expect(button('Resume')).toBeEnabled()
  await expect(button('Pause')).toBeFocused()
  await button('Resume').press('Enter')
  await expect(button('Start')).toBeFocused()
  await expect(button('Pause')).toBeEnabled()
  await button('Pause').press('Enter')
  await expect(button('Resume')).toBeEnabled()
  await expect(button('Pause')).toBeFocused()
})

test('equal failures are one toast that covers no button, and folds into the dock', async ({ page }) => {
  await page.clock.install()
  await page.reload()
  for (const machine of ['web-01', 'web-02']) {
    await line(page, machine).click()
    await page.getByRole('main').getByRole('button', { name: 'More ways to stop' }).click()
    await page.getByRole('menuitem', { name: 'Save state' }).click()
    await expect(page.getByRole('list', { name: 'What failed' })).toContainText(machine)
  }
  await expect(page.getByRole('heading', { name: 'Save state failed: web-01, web-02' })).toBeVisible()
  await page.getByRole('button', { name: 'All actions' }).click()
  await page.keyboard.press('Escape')
  await expectAccessible(page, 'a failure')
  await page.mouse.move(0, 0)
  await page.clock.fastForward(60_000)
  await expect(page.getByRole('heading', { name: /^Save state failed/ })).toHaveCount(0)
  await page.getByRole('tab', { name: 'Failed · 1' }).click()
  const failed = page.getByRole('grid', { name: 'Failed' }).getByRole('row', { name: /web-01, web-02/ })
  await failed.click()
  await expect(page.getByRole('complementary', { name: 'Details' })).toContainText('Technical details')
  await expectAccessible(page, 'the list of failures')
  await page.getByRole('button', { name: 'Clear this list' }).click()
  await expect(page.getByRole('tab', { name: /Failed/ })).toHaveCount(0)
})

test('rows are chosen by clicks anywhere in them, and Back brings the list back as it was left', async ({
  page,
  engine,
}) => {
  await openMachines(page, engine)
  await row(page, 'web-01').click()
  await row(page, 'web-06').click({ modifiers: ['Shift'] })
  await expect(page.getByText('6 selected')).toBeVisible()
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('')
  await row(page, 'web-02')
    .getByRole('button', { name: 'web-02' })
    .click({ modifiers: ['Control'] })
  await expect(page.getByText('5 selected')).toBeVisible()
  await page.getByRole('checkbox', { name: 'Only of what is selected' }).check()
  await page.getByRole('tab', { name: 'Events' }).last().click()
  const events = page.getByRole('grid', { name: 'Events' })
  await expect(events.getByRole('button', { name: 'web-05' })).toBeVisible()
  await expect(events.getByRole('button', { name: 'web-02' })).toHaveCount(0)
  await row(page, 'web-01').focus()
  await page.keyboard.press('Escape')
  await page.getByLabel('Filter machines').fill('web and status=up')
  await expect(page.getByText('400 machines')).toBeVisible()
  await page.getByRole('region', { name: 'Machines' }).getByRole('button', { name: 'Name', exact: true }).click()
  await expect(row(page, 'web-499')).toBeVisible()
  const list = page.getByRole('region', { name: 'Machines' }).locator('.vd-table__scroller')
  await list.evaluate((scroller) => {
    scroller.scrollTop = 2_400
  })
  await row(page, 'web-371').getByRole('button', { name: 'web-371' }).click()
  await expect(page.getByRole('heading', { name: 'web-371' })).toBeVisible()
  await page.goBack()
  await expect(row(page, 'web-371')).toBeInViewport()
  await expect(page.getByLabel('Filter machines')).toHaveValue('web and status=up')
  expect(await list.evaluate((scroller) => scroller.scrollTop)).toBe(2_400)
})

test('the palette finds anything by what is known of it, acts on what it finds, and says what is wrong', async ({
  page,
}) => {
  const type = async (text: string): Promise<void> => {
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill(text)
  }
  await type('52:54:00:61:72:07')
  await expect(page.getByRole('option').first()).toContainText('web-07')
  await page.keyboard.press('Escape')
  await type('start web-10')
  const start = page.getByRole('option', { name: 'Start: web-10 Down' })
  await expect(start).toBeVisible()
  await page.keyboard.press('Enter')
  await line(page, 'web-10').scrollIntoViewIfNeeded()
  await expect(line(page, 'web-10').getByRole('img', { name: 'Up' })).toBeVisible()
  await type('vm: stats=up')
  await expect(page.getByRole('status').filter({ hasText: 'Did you mean “status”?' })).toBeVisible()
  await expectAccessible(page, 'a wrong query')
  await page.getByRole('combobox').fill('vm: status=down')
  await page.getByRole('option', { name: /^Show all/ }).click()
  await expect(page.getByText('99 machines')).toBeVisible()
  await page.getByLabel('Filter machines').fill('status=dwn')
  await expect(page.getByText('“dwn” is none of the values of “status”')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Machines' }).getByText('0 machines')).toBeVisible()
})

test('a change of one machine repaints what shows it, and nothing else', async ({ page, engine }) => {
  await openMachines(page, engine)
  const changed = await page.evaluate(async () => {
    const parts: string[] = []
    const observer = new MutationObserver((records) => {
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement
        const part = element?.closest('[data-row], [data-node], .vd-statusbar')
        parts.push(part?.getAttribute('data-row') ?? part?.getAttribute('data-node') ?? part?.className ?? 'elsewhere')
      }
    })
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
    const { promise, resolve } = Promise.withResolvers<void>()
    const socket = new WebSocket(`ws://${location.host}/api/socket`)
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data) as { t: string }
      if (frame.t === 'hello') {
        const input = { vmId: '00000002-0000-4000-8000-000000000004' }
        socket.send(JSON.stringify({ t: 'call', id: 1, command: 'vm.pause', input }))
      } else resolve()
    }
    await promise
    const node = () => document.querySelector('[data-node="vm:00000002-0000-4000-8000-000000000004"]')
    while (node()?.querySelector('[aria-label="Paused"]') === null) await new Promise(requestAnimationFrame)
    observer.disconnect()
    socket.close()
    return [...new Set(parts)].sort()
  })
  const id = guid(2, 4)
  expect(changed).toEqual([id, 'vd-statusbar', `vm:${id}`])
})

/** Counts, from here on in this page, components that render and elements that are measured, which lays out the page. */
async function countWork(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const work = { rendered: 0, measured: 0 }
    Object.assign(window, { work })
    interface Fiber {
      readonly alternate: Fiber | null
      readonly child: Fiber | null
      readonly sibling: Fiber | null
      readonly flags: number
      readonly type: unknown
    }
    // What React tells its developer tools: the tree of each commit, where flag 1 marks what has rendered.
    const visit = (first: Fiber | null, formerFirst: Fiber | null): void => {
      if (first === formerFirst) return
      for (let fiber = first; fiber !== null; fiber = fiber.sibling) {
        if ((fiber.flags & 1) === 1 && typeof fiber.type !== 'string') work.rendered += 1
        visit(fiber.child, fiber.alternate?.child ?? null)
      }
    }
    const hook = {
      supportsFiber: true,
      inject: () => 1,
      checkDCE: () => undefined,
      onCommitFiberUnmount: () => undefined,
      onPostCommitFiberRoot: () => undefined,
      onCommitFiberRoot: (_id: number, { current }: { readonly current: Fiber }) =>
        visit(current.child, current.alternate?.child ?? null),
    }
    Object.assign(window, { __REACT_DEVTOOLS_GLOBAL_HOOK__: hook })
    for (const [type, name] of [
      [HTMLElement, 'offsetWidth'],
      [Element, 'scrollWidth'],
    ] as const) {
      const own = Object.getOwnPropertyDescriptor(type.prototype, name)
      Object.defineProperty(type.prototype, name, {
        ...own,
        get(this: Element) {
          work.measured += 1
          return own?.get?.call(this) as number
        },
      })
    }
  })
}

test('a change of one of 10,000 machines renders what shows it, and measures nothing', async ({ page }) => {
  await countWork(page)
  const renderedOf = async (count: number): Promise<number> => {
    const many = await startFakeEngine({ folder, port: 0, machines: count, hosts: 1 })
    try {
      await page.goto(`${many.url}#/all/vms`)
      await expect(row(page, 'web-01')).toBeVisible()
      await expect(row(page, 'web-04').getByText('38 %')).toBeVisible()
      // A task at work counts its seconds in the dock.
      const fold = page.getByRole('button', { name: 'Hide tasks and events' })
      if (await fold.isVisible()) await fold.click()
      return await page.evaluate(async () => {
        const { work } = window as unknown as { work: { rendered: number; measured: number } }
        const id = '00000002-0000-4000-8000-000000000004'
        const until = async (met: () => boolean): Promise<void> => {
          while (!met()) await new Promise(requestAnimationFrame)
        }
        const shows = (word: string) => () =>
          document.querySelector(`[data-row="${id}"]`)?.textContent?.includes(word) === true &&
          document.querySelector(`[data-node="vm:${id}"] [aria-label="${word}"]`) !== null
        const socket = new WebSocket(`ws://${location.host}/api/socket`)
        const heard = () =>
          new Promise<{ readonly result: { readonly rev: number } }>((resolve) =>
            socket.addEventListener('message', ({ data }) => resolve(JSON.parse(String(data))), { once: true }),
          )
        await heard()
        // Row, line of the tree, counts, and a little later the revision in the status bar: all that shows it.
        const change = async (command: string, word: string): Promise<void> => {
          socket.send(JSON.stringify({ t: 'call', id: 1, command, input: { vmId: id } }))
          const revision = (await heard()).result.rev.toLocaleString('en')
          await until(shows(word))
          await until(() => document.querySelector('[data-connection]')?.textContent?.includes(revision) === true)
        }
        // Once for what is only read the first time.
        await change('vm.pause', 'Paused')
        await change('vm.resume', 'Up')
        Object.assign(work, { rendered: 0, measured: 0 })
        await change('vm.pause', 'Paused')
        socket.close()
        if (work.measured > 0) throw new Error(`${work.measured} elements were measured`)
        return work.rendered
      })
    } finally {
      await many.stop()
    }
  }
  // Its row, its line and the counts are some 20 components; all the rows in view alone would be hundreds.
  for (const count of [20, 10_000]) expect(await renderedOf(count), `of ${count}`).toBeLessThan(60)
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

test('a dialog whose code comes late gives the focus back all the same', async ({ page }) => {
  const arrives = Promise.withResolvers<void>()
  await page.route(/AddHostDialog/, async (route) => {
    await arrives.promise
    await route.continue()
  })
  await page.reload()
  const add = page.getByRole('button', { name: 'Add host…' }).first()
  await add.focus()
  await page.keyboard.press('Enter')
  // What is behind it is out of reach already.
  await expect(page.locator('.vd-main')).toHaveAttribute('inert')
  arrives.resolve()
  await expect(page.getByRole('dialog').getByLabel('Address')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(add).toBeFocused()
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

test('the head of the tab that is shown is in sight, also where there is no room for all', async ({ page, engine }) => {
  // Nearly all of it: a scrolled list stops at whole pixels, and the last head may end between two.
  const whole = { ratio: 0.99 }
  await page.setViewportSize({ width: 720, height: 600 })
  await page.goto(`${engine.url}#/all/events`)
  const tab = page.getByRole('main').getByRole('tab', { name: 'Events' }).first()
  await expect(tab).toBeInViewport(whole)
  await page.setViewportSize({ width: 640, height: 600 })
  await expect(tab).toBeInViewport(whole)
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
