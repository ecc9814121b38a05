import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { press } from './add-host-dialog.ts'
import { addLabHost } from './add-lab-host.ts'
import { expect, expectAccessible, test } from './fixture.ts'
import { picture } from './pictures.ts'

/*
 * Logical networks of a datacenter. Pictures of the documentation go into the test's results; with
 * UPDATE_IMAGES=1 into docs/images.
 */

test.use({ viewport: { width: 1440, height: 900 } })

/** A line of the tree. */
function line(page: Page, name: string): Locator {
  return page.getByRole('treeitem', { name: new RegExp(`\\b${name}\\b`) })
}

/** The line of an assignment table. */
function assignment(page: Page, name: string): Locator {
  return page.getByRole('grid').getByRole('row', { name: new RegExp(`\\b${name}\\b`) })
}

test('a migration network: created, given its role, back to the management network when it goes; refused while in use', async ({
  deck,
}) => {
  // a page is looked at in two themes
  test.slow()
  await deck.getByRole('button', { name: 'Networks', exact: true }).click()
  await expect(line(deck, 'ovirtmgmt')).toBeVisible()
  await deck.getByRole('menuitem', { name: 'File' }).click()
  await deck.getByRole('menuitem', { name: 'New network…' }).click()
  const dialog = deck.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('migration')
  await dialog.getByRole('textbox', { name: 'VLAN' }).fill('4095')
  await press(deck, 'Create')
  await expect(dialog.getByRole('textbox', { name: 'VLAN' })).toHaveAttribute('aria-invalid', 'true')
  await dialog.getByRole('textbox', { name: 'VLAN' }).fill('20')
  await dialog.getByRole('textbox', { name: 'MTU' }).fill('9000')
  await press(deck, 'Create')
  await expect(deck.getByRole('heading', { name: 'migration', exact: true })).toBeVisible()
  await expect(line(deck, 'migration')).toContainText('VLAN 20')
  await expect(deck.getByRole('main')).toContainText('9,000 bytes')

  await deck.getByRole('tab', { name: 'Clusters · 0' }).click()
  await deck.getByRole('button', { name: 'Attach Default' }).click()
  await dialog.getByRole('checkbox', { name: 'Migration' }).check()
  await expect(dialog).toContainText('Moves here from ovirtmgmt.')
  await press(deck, 'Attach…')
  await expect(deck.getByRole('tab', { name: 'Clusters · 1' })).toBeVisible()
  await expect(assignment(deck, 'Default')).toContainText('VM, Migration')

  // the same from the cluster's page
  await assignment(deck, 'Default').getByRole('button', { name: 'Default', exact: true }).click()
  await deck.getByRole('tab', { name: 'Networks' }).click()
  await expect(assignment(deck, 'migration')).toContainText('Migration')
  await expect(assignment(deck, 'ovirtmgmt')).toContainText('VM, Management, Display, Default route')
  for (const colorScheme of ['dark', 'light'] as const) {
    await deck.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expectAccessible(deck, `a cluster's networks, ${colorScheme}`, { colorsOnly: colorScheme === 'light' })
  }
  await picture(deck, 'cluster-networks')

  // what stands in the way of its removal is a link
  await assignment(deck, 'migration').getByRole('button', { name: 'migration', exact: true }).click()
  await deck.getByRole('main').getByRole('button', { name: 'All actions' }).first().click()
  await deck.getByRole('menuitem', { name: 'Remove…' }).click()
  await expect(dialog).toContainText('migration is in use: Default')
  await deck.keyboard.press('Escape')
  await deck.getByRole('tab', { name: 'Clusters · 1' }).click()
  await deck.getByRole('button', { name: 'Change Default' }).click()
  await press(deck, 'Detach from the cluster')
  await expect(deck.getByRole('tab', { name: 'Clusters · 0' })).toBeVisible()
  await deck.getByRole('main').getByRole('button', { name: 'All actions' }).first().click()
  await deck.getByRole('menuitem', { name: 'Remove…' }).click()
  await press(deck, 'Remove')
  await expect(line(deck, 'migration')).toHaveCount(0)
})

test('a profile for machines inside machines says what it opens, by keyboard alone', async ({ deck }) => {
  await deck.getByRole('button', { name: 'Networks', exact: true }).focus()
  await deck.keyboard.press('Enter')
  await line(deck, 'Default').focus()
  await deck.keyboard.press('ArrowDown')
  await expect(line(deck, 'ovirtmgmt')).toBeFocused()
  await deck.keyboard.press('Enter')
  await deck.getByRole('tab', { name: 'vNIC profiles · 1' }).focus()
  await deck.keyboard.press('Enter')
  await deck.getByRole('button', { name: 'New vNIC profile…' }).focus()
  await deck.keyboard.press('Enter')
  const dialog = deck.getByRole('dialog', { name: 'New vNIC profile of ovirtmgmt' })
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toBeFocused()
  await deck.keyboard.type('nested')
  await dialog.getByRole('checkbox', { name: 'Other MAC addresses' }).focus()
  await deck.keyboard.press('Space')
  await expect(dialog).toContainText('pretend to be any other on the network')
  await deck.keyboard.press('Enter')
  // the guard against forged addresses and leave for them do not go together
  await expect(dialog.getByRole('alert')).toContainText('no-mac-spoofing')
  await dialog.getByRole('combobox', { name: 'Network filter' }).selectOption('none')
  await dialog.getByRole('textbox', { name: 'Name' }).focus()
  await deck.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(deck.getByRole('tab', { name: 'vNIC profiles · 2' })).toBeVisible()
  await deck.getByRole('button', { name: 'nested', exact: true }).click()
  await expect(deck.getByRole('region', { name: 'What this opens' })).toContainText('virtual machines inside this one')
  await picture(deck, 'vnic-profile')
})

test('the picture of a datacenter leads to what is in it, and is saved as it is seen', async ({ deck, lab, app }) => {
  await lab.host.resetVms()
  await addLabHost(app, lab.host)
  await line(deck, 'Default').first().click()
  await deck.getByRole('tab', { name: 'Topology' }).click()
  const picture = deck.getByRole('region', { name: 'Networks, hosts and machines' })
  await expect(picture.getByRole('link', { name: 'node1.lab' })).toBeVisible()
  await expectAccessible(deck, 'the topology')
  const saving = deck.waitForEvent('download')
  await deck.getByRole('button', { name: 'Save as SVG' }).click()
  const saved = await saving
  expect(saved.suggestedFilename()).toBe('Default-networks.svg')
  const svg = await readFile(await saved.path(), 'utf8')
  expect(svg).toContain('node1.lab')
  expect(svg).toContain('ovirtmgmt')
  const painting = deck.waitForEvent('download')
  await deck.getByRole('button', { name: 'Save as PNG' }).click()
  const painted = await readFile(await (await painting).path())
  expect(painted.subarray(1, 4).toString()).toBe('PNG')
  await picture.getByRole('link', { name: 'ovirtmgmt' }).click()
  await expect(deck.getByRole('heading', { name: 'ovirtmgmt', exact: true })).toBeVisible()
})
