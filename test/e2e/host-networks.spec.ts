import type { Page } from '@playwright/test'
import type { LabHost } from '../lab/host.ts'
import { press } from './add-host-dialog.ts'
import { addLabHost } from './add-lab-host.ts'
import { expect, expectAccessible } from './fixture.ts'
import { configure, test } from './ifupdown-lab.ts'
import { picture } from './pictures.ts'

/*
 * A migration network on two hosts. Pictures of the documentation go into the test's results; with UPDATE_IMAGES=1 into docs/images.
 */

test.use({ viewport: { width: 1440, height: 900 } })

test('a migration network is dragged onto a NIC of two hosts, which prove that they reach each other over it', async ({
  deck,
  lab,
  app,
}) => {
  test.slow()
  const hosts = lab.hosts as [LabHost, LabHost]
  for (const host of hosts) {
    await host.resetVms()
    await configure(host)
    await addLabHost(app, host)
  }
  await deck.getByRole('button', { name: 'Networks', exact: true }).click()
  await deck.getByRole('menuitem', { name: 'File' }).click()
  await deck.getByRole('menuitem', { name: 'New network…' }).click()
  const dialog = deck.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('migration')
  await press(deck, 'Create')
  await deck.getByRole('tab', { name: 'Clusters · 0' }).click()
  await deck.getByRole('button', { name: 'Attach Default' }).click()
  await dialog.getByRole('checkbox', { name: 'Migration' }).check()
  await press(deck, 'Attach…')
  await expect(deck.getByRole('tab', { name: 'Clusters · 1' })).toBeVisible()
  await deck.getByRole('button', { name: 'Compute', exact: true }).click()

  for (const [index, host] of hosts.entries()) {
    await deck.getByRole('treeitem', { name: host.name }).click()
    await deck.getByRole('tab', { name: 'Networks', exact: true }).click()
    const nics = deck.getByRole('list', { name: 'NICs and bonds' })
    const nic = nics.getByRole('listitem', { name: 'eth1', exact: true })
    await expect(nic.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
    const address = `${host.migrationAddress}/24`
    await deck.getByRole('listitem', { name: 'migration', exact: true }).dragTo(nic)
    // Every drag has a way by keyboard: off again, and on.
    if (index === 1) {
      await nic.getByRole('button', { name: 'Actions of migration' }).press('Enter')
      await deck.getByRole('menuitem', { name: 'Take off the host' }).press('Enter')
      await expect(nic.getByRole('listitem', { name: 'migration' })).toHaveCount(0)
      await deck.getByRole('button', { name: 'Actions of migration' }).press('Enter')
      await deck.getByRole('menuitem', { name: 'Attach to eth1' }).press('Enter')
    }
    // It is asked for at once, as the role needs it.
    await deck.getByLabel('IPv4', { exact: true }).selectOption('static')
    await deck.getByRole('textbox', { name: 'IPv4 address and prefix' }).fill(address)
    await deck.getByRole('textbox', { name: 'IPv4 address and prefix' }).press('Enter')
    await expect(nic.getByRole('listitem', { name: 'migration' })).toContainText(address)
    await expect(deck.getByText('/etc/network/interfaces.d/virtdeck')).toBeVisible()
    const apply = deck.getByRole('button', { name: 'Apply', exact: true })
    await expect(apply).toBeEnabled()
    if (index === 0) {
      for (const colorScheme of ['dark', 'light'] as const) {
        await deck.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await expectAccessible(deck, `a host's networks, ${colorScheme}`, { colorsOnly: colorScheme === 'light' })
      }
      await picture(deck, 'host-networks')
    }
    await apply.press('Enter')
    await expect(nic.getByRole('img', { name: 'In sync' })).toBeVisible({ timeout: 90_000 })
    expect((await host.exec('ip -o -4 address show dev migration')).stdout).toContain(host.migrationAddress)
    if (index === 0) await lookAtCopy(deck, hosts[1])
  }

  await deck.getByRole('button', { name: 'Networks', exact: true }).click()
  await deck.getByRole('treeitem', { name: /migration/ }).click()
  await deck.getByRole('tab', { name: 'Summary' }).click()
  await deck.getByRole('button', { name: 'Check now' }).click()
  const answers = deck.getByRole('region', { name: 'Do the hosts reach each other?' })
  await expect(answers).toContainText('All reach each other.', { timeout: 60_000 })
  await expect(answers.getByText('Reached', { exact: true })).toHaveCount(2)
  for (const { migrationAddress } of hosts) await expect(answers).toContainText(migrationAddress)
  await picture(deck, 'network-reach')

  // A cable that is out is seen.
  await hosts[1].setLink('down', 'lab1')
  await deck.getByRole('button', { name: 'Check now' }).click()
  await expect(answers.getByText('No answer', { exact: true })).toHaveCount(2, { timeout: 60_000 })
})

/** What would happen if the other host were set up as this one: nothing without an address of its own. */
async function lookAtCopy(deck: Page, other: LabHost): Promise<void> {
  await deck.getByRole('button', { name: 'Copy to other hosts…' }).click()
  const dialog = deck.getByRole('dialog')
  await dialog.getByRole('checkbox', { name: other.name }).check()
  await expect(dialog).toContainText('needs an address', { timeout: 60_000 })
  const doIt = dialog.getByRole('button', { name: 'Set up' })
  await expect(doIt).toBeDisabled()
  await dialog.getByRole('textbox', { name: 'IPv4 in migration' }).fill(`${other.migrationAddress}/24`)
  await expect(dialog).toContainText('ifup --force migration', { timeout: 60_000 })
  await expect(doIt).toBeEnabled()
  await expectAccessible(deck, 'the dialog that copies a set-up')
  await picture(deck, 'copy-host-networks')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toBeHidden()
}
