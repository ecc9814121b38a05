import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { guestXml } from '../lab/guest-xml.ts'
import { confirmKey, fillKeySignIn, fillPasswordSignIn, openAddHost, press } from './add-host-dialog.ts'
import { expect, onEverySystem, test } from './fixture.ts'

test.beforeEach(async ({ lab }) => {
  await lab.host.resetVms()
})

test(
  'a person compares the fingerprint, adds the host and sees its machines',
  onEverySystem,
  async ({ deck, lab, app }) => {
    const { host } = lab
    await host.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
    await openAddHost(deck)
    await fillKeySignIn(deck, host)
    await press(deck, 'Check')

    // what the page shows is what the host itself says of its key
    const own = await host.exec('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
    await expect(deck.getByTestId('fingerprint')).toHaveText(own.stdout.split(' ')[1] ?? '')
    await expect(deck.getByRole('dialog').getByRole('button', { name: 'Trust this key' })).toBeDisabled()
    const known = join(app.dataDir, 'known_hosts')
    expect(await readFile(known, 'utf8').catch(() => ''), 'stored before a word was given').not.toContain(host.address)

    await confirmKey(deck, host)
    const checks = deck.getByRole('list', { name: 'Checks' })
    await expect(checks.locator('[data-check=libvirt]')).toHaveAttribute('data-outcome', 'passed')
    await expect(checks.locator('[data-check=kvm]')).toHaveAttribute('data-outcome', 'warning')
    await press(deck, 'Add')

    await expect(deck.getByRole('treeitem', { name: 'node1.lab' })).toBeVisible()
    await expect(deck.getByRole('treeitem', { name: 'web-01' })).toBeVisible()
    await expect.poll(async () => readFile(known, 'utf8')).toContain(host.address)
  },
)

test('a wrong password is told at its field, which has the focus; the key is not asked for again', async ({
  deck,
  lab,
}) => {
  const { host } = lab
  const admin = host.users.find((user) => user.inLibvirtGroup)
  if (admin === undefined) throw new Error('the lab has no such user')
  await openAddHost(deck)
  await fillPasswordSignIn(deck, host.address, admin.name, 'not-the-password')
  await press(deck, 'Check')
  await confirmKey(deck, host)
  const password = deck.getByLabel('Password').last()
  await expect(password).toHaveAttribute('aria-invalid', 'true')
  await expect(password).toBeFocused()
  await password.fill(admin.password)
  await deck.keyboard.press('Enter')
  await expect(deck.locator('[data-check=manage]')).toHaveAttribute('data-outcome', 'passed')
  // what will happen is told before it does, and a look back costs nothing
  await expect(deck.getByRole('group', { name: 'What will happen' })).toContainText('Store the host')
  await press(deck, 'Back')
  await press(deck, 'Back')
  await expect(password).toHaveValue(admin.password)
  await press(deck, 'Check')
  await press(deck, 'Add')
  await expect(deck.getByRole('treeitem', { name: 'node1.lab' })).toBeVisible()

  // the same host once more: said at the check
  await openAddHost(deck)
  await fillPasswordSignIn(deck, host.address, admin.name, admin.password)
  await press(deck, 'Check')
  await expect(deck.getByLabel('Address')).toHaveAttribute('aria-invalid', 'true')
  await expect(deck.getByRole('dialog')).toContainText('already')
})

test('what was typed survives an accidental Escape, without the password', async ({ deck }) => {
  await openAddHost(deck)
  await fillPasswordSignIn(deck, '10.77.0.250', 'admin', 'a secret')
  await deck.keyboard.press('Escape')
  await expect(deck.getByRole('dialog')).toHaveCount(0)
  await openAddHost(deck)
  await expect(deck.getByLabel('Address')).toHaveValue('10.77.0.250')
  await expect(deck.getByLabel('Password').last()).toHaveValue('')
  await deck.getByRole('button', { name: 'Start over' }).click()
  await expect(deck.getByLabel('Address')).toHaveValue('')
})

test('a user who may not manage libvirt is told which group to join', async ({ deck, lab }) => {
  const { host } = lab
  const visitor = host.users.find((user) => !user.inLibvirtGroup)
  if (visitor === undefined) throw new Error('the lab has no such user')
  await openAddHost(deck)
  await fillPasswordSignIn(deck, host.address, visitor.name, visitor.password)
  await press(deck, 'Check')
  await confirmKey(deck, host)
  const dialog = deck.getByRole('dialog')
  await expect(dialog.locator('[data-outcome=failed]')).toContainText('libvirt')
  await expect(dialog).toContainText(/usermod|group/)
})

test('an address where nothing answers is told as such', async ({ deck, lab }) => {
  await openAddHost(deck)
  // inside the lab's network, and no host's
  const address = lab.host.address.replace(/\d+$/, '250')
  await fillKeySignIn(deck, { ...lab.host, address, user: 'root', privateKeyPath: lab.host.privateKeyPath })
  await press(deck, 'Check')
  await expect(deck.getByLabel('Address')).toHaveAttribute('aria-invalid', 'true', { timeout: 30_000 })
  await expect(deck.getByLabel('Address')).toBeFocused()
  await expect(deck.getByRole('dialog').getByRole('button', { name: 'Add', exact: true })).toHaveCount(0)
})

test('a host without libvirt is told what to install', async ({ deck, lab }) => {
  const bare = lab.hosts[1]
  if (bare === undefined) throw new Error('the lab has one host only')
  await openAddHost(deck)
  await fillKeySignIn(deck, bare)
  await press(deck, 'Check')
  await confirmKey(deck, bare)
  const libvirt = deck.locator('[data-check=libvirt]')
  await expect(libvirt).toHaveAttribute('data-outcome', 'failed')
  await expect(libvirt).toContainText(/install/i)
})

test('a changed host key is refused with both fingerprints', async ({ deck, lab }) => {
  const { host } = lab
  const former = host.hostKeyFingerprint
  await openAddHost(deck)
  await fillKeySignIn(deck, host)
  await press(deck, 'Check')
  await confirmKey(deck, host)
  await press(deck, 'Add')
  await expect(deck.getByRole('treeitem', { name: 'node1.lab' })).toBeVisible()

  const latter = await host.replaceHostKey()
  const page = deck.getByRole('main')
  await deck.getByRole('treeitem', { name: 'node1.lab' }).click()
  await expect(page).toContainText('The key of', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Compare the keys…' }).first().click()
  const dialog = deck.getByRole('dialog')
  await expect(dialog).toContainText(former)
  await expect(dialog.getByTestId('fingerprint')).toHaveText(latter)
})
