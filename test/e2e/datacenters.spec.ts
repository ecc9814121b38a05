import type { Locator, Page } from '@playwright/test'
import { guestXml } from '../lab/guest-xml.ts'
import type { LabHost } from '../lab/host.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { confirmKey, fillKeySignIn, press } from './add-host-dialog.ts'
import { callEngine } from './add-lab-host.ts'
import { test as base, eachTheme, expect, expectAccessible } from './fixture.ts'
import { picture } from './pictures.ts'

/*
 * From an empty inventory to a datacenter with a cluster of two hosts: once by mouse, once by keyboard alone. Pictures of the
 * documentation go into the test's results; with UPDATE_IMAGES=1 into docs/images.
 */

/** Both hosts of this lab have libvirt. */
const test = base.extend<object, { readonly lab: Lab }>({
  lab: [
    async ({ system }, use) => {
      const lab = await startLab({ hosts: 2, host: { system } })
      try {
        await use(lab)
      } finally {
        await lab.stop()
      }
    },
    { scope: 'worker', timeout: 15 * 60_000 },
  ],
})

test.use({ viewport: { width: 1440, height: 900 } })

/** A line of the tree with its status, and how deep it hangs. */
function line(page: Page, name: string): Locator {
  return page.getByRole('treeitem', { name: new RegExp(`\\b${name.replaceAll('.', '\\.')}\\b`) })
}

async function openHeaderMenu(page: Page, entry: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'All actions' }).first().click()
  await page.getByRole('menuitem', { name: entry }).click()
}

test('a datacenter, a cluster and two hosts by mouse: the checklist leads, the tree follows, removal says what is held', async ({
  deck,
  lab,
  app,
}) => {
  // two hosts are added, and three pages are looked at in two themes
  test.slow()
  const [one, two] = lab.hosts as [LabHost, LabHost]
  for (const host of [one, two]) await host.resetVms()
  await one.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
  await expect(deck.getByRole('heading', { name: /Welcome/ })).toBeVisible()
  await expect(deck.getByRole('region', { name: 'Until Default is up' })).toContainText('1 of 3 done')

  await deck.getByRole('menuitem', { name: 'File' }).click()
  await deck.getByRole('menuitem', { name: 'New datacenter…' }).click()
  await deck.getByRole('dialog').getByLabel('Name').fill('default')
  await press(deck, 'Create')
  // what the engine refuses stands at its field
  await expect(deck.getByRole('dialog').getByLabel('Name')).toHaveAttribute('aria-invalid', 'true')
  await deck.getByRole('dialog').getByLabel('Name').fill('Seoul')
  await press(deck, 'Create')
  await expect(deck.getByRole('heading', { name: 'Seoul', level: 1 })).toBeVisible()

  const checklist = deck.getByRole('region', { name: 'Until Seoul is up' })
  await expect(checklist.locator('[data-step=cluster]')).toHaveAttribute('aria-current', 'step')
  await checklist.getByRole('button', { name: 'New cluster…' }).click()
  const dialog = deck.getByRole('dialog', { name: 'New cluster' })
  await expect(dialog.getByLabel('Datacenter')).toHaveText(/Seoul/)
  await dialog.getByLabel('Name').fill('production')
  await press(deck, 'Next')
  await press(deck, 'Next')
  await dialog.getByRole('radio', { name: '150 %' }).check()
  await dialog.getByRole('button', { name: '6 Summary' }).click()
  await expect(dialog).toContainText('150 %')
  await eachTheme(deck, 'the summary of a new cluster')
  await picture(deck, 'new-cluster')
  await press(deck, 'Create')
  await expect(deck.getByRole('heading', { name: 'production', level: 1 })).toBeVisible()
  await expect(line(deck, 'production')).toHaveAttribute('aria-level', '2')

  for (const host of [one, two]) {
    await line(deck, 'production').click()
    await deck.getByTestId('page').getByRole('button', { name: 'Add host…' }).click()
    await expect(deck.getByRole('dialog').getByLabel('Cluster')).toHaveText(/Seoul \/ production/)
    await fillKeySignIn(deck, host)
    await press(deck, 'Check')
    await confirmKey(deck, host)
    await press(deck, 'Add')
    await expect(deck.getByRole('heading', { name: host.name, level: 1 })).toBeVisible()
    await expect(line(deck, host.name)).toHaveAttribute('aria-level', '3')
  }
  await expect(line(deck, 'web-01')).toHaveAttribute('aria-level', '4')

  await line(deck, 'Seoul').click()
  await expect(checklist).toContainText('2 of 3 done')
  await expect(checklist.getByRole('button', { name: 'New storage domain…' })).toBeVisible()
  await expect(deck.getByRole('region', { name: 'Hosts', exact: true })).toContainText('Up · 2')
  await expect(deck.getByRole('list', { name: 'Last events' })).toContainText(one.name)
  await eachTheme(deck, 'datacenter summary')
  await picture(deck, 'datacenter')
  await line(deck, 'production').click()
  await expect(deck.getByRole('region', { name: 'Settings' })).toContainText('150 %')
  await eachTheme(deck, 'cluster summary')
  await picture(deck, 'cluster')

  await openHeaderMenu(deck, 'Remove…')
  const question = deck.getByRole('dialog', { name: 'Remove production?' })
  const held = question.getByRole('list', { name: /holds 2 hosts/ })
  await expect(held.getByRole('button', { name: two.name })).toBeVisible()
  await expect(question.getByRole('button', { name: 'Remove' })).toBeDisabled()
  await expectAccessible(deck, 'a refused removal')
  await held.getByRole('button', { name: one.name }).click()
  await expect(deck.getByRole('heading', { name: one.name, level: 1 })).toBeVisible()

  // two people edit the cluster at once: neither's change is lost unseen
  await line(deck, 'production').click()
  await deck.getByTestId('page').getByRole('button', { name: 'Edit…' }).first().click()
  const edit = deck.getByRole('dialog', { name: 'Edit production' })
  await edit.getByLabel('Description').fill('Web and mail')
  const clusterId = /#\/cluster\/([^/]+)/.exec(deck.url())?.[1]
  await callEngine(app, 'cluster.edit', { clusterId, memoryOvercommitPercent: 200 })
  await press(deck, 'Save')
  await expect(edit.getByRole('alert')).toContainText('was changed meanwhile')
  await edit.getByRole('button', { name: 'Make my changes all the same' }).click()
  await expect(edit).toHaveCount(0)
  const settings = deck.getByRole('region', { name: 'Settings' })
  await expect(settings).toContainText('Web and mail')
  await expect(settings).toContainText('200 %')

  // a host in maintenance moves, its machine with it
  await line(deck, one.name).click()
  await deck.getByTestId('page').getByRole('button', { name: 'All actions' }).first().click()
  await expect(deck.getByRole('menuitem', { name: 'Move to another cluster…' })).toBeDisabled()
  await deck.keyboard.press('Escape')
  await callEngine(app, 'host.maintenance', { hostId: /#\/host\/([^/]+)/.exec(deck.url())?.[1] })
  await expect(line(deck, one.name).getByRole('img', { name: /^Maintenance/ })).toBeVisible()
  await openHeaderMenu(deck, 'Move to another cluster…')
  await press(deck, 'Move')
  await expect(deck.getByRole('dialog')).toHaveCount(0)
  await expect(deck.getByRole('navigation', { name: 'Where this is' })).toHaveText(/Default.*Default/)
  await expect(line(deck, 'production')).toContainText('1 host')

  // the list of all machines knows the cluster
  await deck.keyboard.press('Control+k')
  await deck.keyboard.type('vm: cluster=default')
  await expect(deck.getByRole('option', { name: /web-01/ })).toBeVisible()
  await deck.keyboard.press('Escape')
})

test('a datacenter, a cluster and two hosts by keyboard alone; an empty cluster goes', async ({ deck, lab }) => {
  test.slow()
  const { keyboard } = deck
  const run = async (command: string): Promise<void> => {
    await keyboard.press('Control+k')
    await expect(deck.getByRole('combobox')).toBeFocused()
    await keyboard.type(command)
    const offer = deck.getByRole('option').first()
    await expect(offer).toContainText(command)
    // The engine has said that it may be done: before, the key does nothing.
    await expect(offer).toHaveAttribute('aria-disabled', 'false')
    await keyboard.press('Enter')
  }
  const dialog = deck.getByRole('dialog')
  const goTo = async (target: Locator): Promise<void> => {
    for (let step = 0; step < 32 && !(await target.evaluate((own) => own === document.activeElement)); step += 1) {
      await keyboard.press('Tab')
    }
    await expect(target).toBeFocused()
  }
  await expect(deck.getByRole('heading', { name: /Welcome/ })).toBeVisible()
  await run('New datacenter…')
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await keyboard.type('Busan')
  await keyboard.press('Enter')
  await expect(deck.getByRole('heading', { name: 'Busan', level: 1 })).toBeVisible()
  await run('New cluster…')
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await keyboard.type('testing')
  await keyboard.press('Enter')
  await expect(deck.getByRole('heading', { name: 'testing', level: 1 })).toBeVisible()
  for (const host of lab.hosts) {
    await run('Add host…')
    await expect(dialog.getByLabel('Address')).toBeFocused()
    await keyboard.type(host.address)
    await goTo(dialog.getByLabel('User'))
    await keyboard.type(host.user)
    await goTo(dialog.getByRole('radio', { name: 'SSH agent' }))
    await keyboard.press('ArrowDown')
    await expect(dialog.getByRole('radio', { name: 'Key file' })).toBeChecked()
    await goTo(dialog.getByLabel('Key file').last())
    await keyboard.type(host.privateKeyPath)
    await keyboard.press('Enter')
    await expect(deck.getByTestId('fingerprint')).toHaveText(host.hostKeyFingerprint)
    await goTo(dialog.getByRole('checkbox'))
    await keyboard.press(' ')
    await goTo(dialog.getByRole('button', { name: 'Trust this key' }))
    await keyboard.press('Enter')
    const add = dialog.getByRole('button', { name: 'Add', exact: true })
    await expect(add).toBeEnabled({ timeout: 60_000 })
    await goTo(add)
    await keyboard.press('Enter')
    await expect(deck.getByRole('heading', { name: host.name, level: 1 })).toBeVisible()
  }
  await expect(line(deck, 'testing')).toContainText('2 hosts')

  // the cluster that every inventory begins with was not needed
  await goTo(deck.locator('[role=treeitem][tabindex="0"]'))
  await keyboard.press('Home')
  await keyboard.type('def')
  await expect(deck.getByRole('heading', { name: 'Default', level: 1 })).toBeVisible()
  await keyboard.press('ArrowDown')
  // called as its datacenter is: the way to it tells them apart
  await expect(deck.getByRole('navigation', { name: 'Where this is' })).toContainText('Default')
  await run('Remove…')
  await goTo(dialog.getByRole('button', { name: 'Remove' }))
  await keyboard.press('Enter')
  await expect(dialog).toHaveCount(0)
  await expect(deck.getByRole('region', { name: 'Until Default is up' })).toContainText('0 of 3 done')
})
