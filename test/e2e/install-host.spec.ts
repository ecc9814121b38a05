import { type Lab, startLab } from '../lab/lab.ts'
import { endLibvirtd, provideSystemctl } from '../lab/systemctl-stand-in.ts'
import { confirmKey, fillKeySignIn, openAddHost, press } from './add-host-dialog.ts'
import { test as base, eachTheme, expect, expectAccessible } from './fixture.ts'
import { picture } from './pictures.ts'

/*
 * From a bare Debian to a host of the inventory, in one dialog. Pictures of the documentation go into the test's results; with
 * UPDATE_IMAGES=1 into docs/images.
 */

/** A host without libvirt and QEMU, and what apt needs to install them. */
const test = base.extend<object, { readonly lab: Lab }>({
  lab: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const lab = await startLab({ hosts: 1, host: { system: 'debian-13-bare', libvirt: 'absent' } })
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

test('what lacks on a bare host is planned, installed with its log in view, checked again, and the host is added', async ({
  deck,
  lab,
}) => {
  // apt unpacks 200 packages
  test.setTimeout(10 * 60_000)
  const { host } = lab
  await provideSystemctl(host)
  const dialog = deck.getByRole('dialog')
  await openAddHost(deck)
  await fillKeySignIn(deck, host)
  await press(deck, 'Check')
  await confirmKey(deck, host)

  await expect(dialog.locator('[data-check=libvirt]')).toHaveAttribute('data-outcome', 'failed')
  const plan = dialog.getByRole('group', { name: 'What will happen' })
  for (const said of ['libvirt-daemon-system', 'qemu-system-x86', 'libvirtd', 'Not undone']) {
    await expect(plan).toContainText(said)
  }
  await expect(dialog).toContainText('What is installed stays')
  await eachTheme(deck, 'the plan of an installation')
  await picture(deck, 'install-plan')
  expect((await host.exec('command -v libvirtd || true')).stdout, 'installed before a word was given').toBe('')

  await press(deck, 'Install')
  const log = dialog.getByRole('log')
  await expect(log).toContainText('Unpacking libvirt', { timeout: 5 * 60_000 })
  await expect(dialog.getByRole('list', { name: 'Steps' }).last()).toContainText('running')
  await expect(dialog).not.toContainText('Nothing has been changed')
  await picture(deck, 'install-log')
  await expectAccessible(deck, 'the log of an installation')

  const checks = dialog.getByRole('list', { name: 'Checks' })
  for (const check of ['libvirt', 'manage', 'qemu']) {
    await expect(checks.locator(`[data-check=${check}]`)).toHaveAttribute('data-outcome', 'passed', {
      timeout: 5 * 60_000,
    })
  }
  await press(deck, 'Add')
  await expect(deck.getByRole('treeitem', { name: host.name })).toBeVisible()

  // the log stays with its task
  await deck.getByRole('gridcell', { name: 'Install what a host lacks' }).first().click()
  await expect(deck.getByRole('complementary', { name: 'What it does' }).getByRole('log')).toContainText(
    'Setting up libvirt',
  )

  // it loses it again, and gets it back from its own page
  await deck.getByRole('treeitem', { name: host.name }).click()
  await endLibvirtd(host)
  await host.exec('apt-get -y -q remove libvirt-daemon', { timeoutMs: 120_000 })
  await deck.getByRole('main').getByRole('button', { name: 'Check and install…' }).click()
  await expect(dialog).toContainText(`Check ${host.name}`)
  await expect(plan).toContainText('libvirt-daemon-system', { timeout: 60_000 })
  await press(deck, 'Install')
  await expect(dialog).toContainText('Nothing lacks on the host', { timeout: 5 * 60_000 })
  await expectAccessible(deck, 'a host that was checked')
  await press(deck, 'Close')
  await expect(deck.getByTestId('status-hosts')).toContainText('1 host up')
  await expect(deck.getByRole('main').getByRole('button', { name: 'Check and install…' })).toHaveCount(0)
})
