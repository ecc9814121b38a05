import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import type { Locator } from '@playwright/test'
import { guestXml } from '../lab/guest-xml.ts'
import type { LabHost } from '../lab/host.ts'
import { confirmKey, fillKeySignIn, fillPasswordSignIn, openAddHost, press } from './add-host-dialog.ts'
import { addLabHost } from './add-lab-host.ts'
import { expect, expectAccessible, onEverySystem, test } from './fixture.ts'
import { picture } from './pictures.ts'
import { type ServedApp, startServedApp } from './served-app.ts'

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
  await expect(deck.getByLabel('Address')).toHaveAttribute('aria-invalid', 'true')
  await expect(deck.getByLabel('Address')).toBeFocused()
  await expect(deck.getByRole('dialog').getByRole('button', { name: 'Add', exact: true })).toHaveCount(0)
})

test('several hosts by keyboard: a verdict and a key for each, what fails is left out, each outcome is shown', async ({
  deck,
  lab,
  app,
}) => {
  const [host, bare] = lab.hosts as [LabHost, LabHost]
  const { keyboard } = deck
  const dialog = deck.getByRole('dialog')
  const goTo = async (target: Locator): Promise<void> => {
    for (let step = 0; step < 24 && !(await target.evaluate((own) => own === document.activeElement)); step += 1) {
      await keyboard.press('Tab')
    }
    await expect(target).toBeFocused()
  }
  const lineOf = ({ address }: LabHost) => dialog.locator(`[data-host="${address}"]`)
  await openAddHost(deck)
  await goTo(dialog.getByRole('button', { name: 'Add several hosts…' }))
  await keyboard.press('Enter')
  const list = dialog.getByRole('textbox', { name: 'Hosts' })
  await expect(list).toBeFocused()
  await keyboard.type('node[3-1]')
  await goTo(dialog.getByRole('button', { name: 'Next' }))
  await keyboard.press('Enter')
  await expect(list).toHaveAttribute('aria-invalid', 'true')
  await expect(list).toBeFocused()
  await list.fill(`${host.user}@${host.address.replace(/\d$/, '[1-2]')}:22`)
  await expect(dialog).toContainText('2 hosts')
  await goTo(dialog.getByRole('button', { name: 'Next' }))
  await keyboard.press('Enter')
  await goTo(dialog.getByRole('radio', { name: 'SSH agent' }))
  await keyboard.press('ArrowDown')
  await goTo(dialog.getByLabel('Key file').last())
  await keyboard.type(host.privateKeyPath)
  await keyboard.press('Enter')

  // two keys that nobody knows: one is compared, the other is among those that were pasted
  for (const each of [host, bare]) {
    await expect(lineOf(each)).toHaveAttribute('data-verdict', 'key')
    await expect(lineOf(each)).toContainText(each.hostKeyFingerprint)
  }
  await expect(dialog.getByRole('button', { name: 'Next' })).toBeDisabled()
  await expectAccessible(deck, 'verdicts on several hosts')
  await goTo(dialog.getByRole('button', { name: `Details of ${host.address}` }))
  await keyboard.press('Enter')
  await goTo(lineOf(host).getByRole('checkbox', { name: /I compared/ }))
  await keyboard.press(' ')
  await expect(dialog.getByRole('button', { name: `Details of ${host.address}` })).toBeFocused()
  await expect(lineOf(host)).toHaveAttribute('data-verdict', 'ready')
  const printed = await bare.exec('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
  await dialog.getByLabel('Keys you know').fill(printed.stdout)
  await dialog.getByRole('button', { name: 'Confirm all that match' }).press('Enter')
  await expect(lineOf(bare)).toHaveAttribute('data-verdict', 'failed')
  await dialog.getByRole('button', { name: `Details of ${bare.address}` }).press('Enter')
  await expect(lineOf(bare).locator('[data-check=libvirt]')).toContainText(/install/i)
  await expectAccessible(deck, 'verdicts that were opened')
  await picture(deck, 'add-hosts')
  await dialog.getByRole('button', { name: 'Leave out the 1 that is not ready' }).press('Enter')
  await expect(lineOf(bare)).toHaveAttribute('data-verdict', 'left-out')
  await goTo(dialog.getByRole('button', { name: 'Next' }))
  await keyboard.press('Enter')
  await expect(dialog).toContainText('1 host is left out')
  await goTo(dialog.getByRole('button', { name: 'Add 1 host' }))
  await keyboard.press('Enter')
  const outcomes = dialog.getByRole('list', { name: 'Hosts and their outcomes' })
  await expect(outcomes.locator('[data-outcome=succeeded]')).toContainText(host.address)
  await expectAccessible(deck, 'the outcome of several hosts')
  await goTo(dialog.getByRole('button', { name: 'Close' }))
  await keyboard.press('Enter')
  await expect(deck.getByRole('treeitem', { name: 'node1.lab' })).toBeVisible()
  expect(await readFile(join(app.dataDir, 'known_hosts'), 'utf8')).not.toContain(bare.address)
})

test('several hosts are chosen from those that ssh and virt-manager know, as their own files say', async ({
  deck,
  lab,
  app,
}) => {
  const { host } = lab
  const home = join(app.dataDir, 'home')
  const settings = join(home, '.config/glib-2.0/settings')
  await mkdir(join(home, '.ssh'), { recursive: true })
  await mkdir(settings, { recursive: true })
  await writeFile(join(home, '.ssh/config'), 'Host kvm-7 kvm-8\n  User admin\n\nHost *.example.org\n  Port 2222\n')
  // as GLib writes it where there is no dconf
  const uris = `['qemu+ssh://${host.user}@${host.address}/system', 'qemu:///system', 'xen+ssh://old.example.org/']`
  await writeFile(join(settings, 'keyfile'), `[org/virt-manager/virt-manager/connections]\nuris=${uris}\n`)
  const dialog = deck.getByRole('dialog')
  await openAddHost(deck)
  await press(deck, 'Add several hosts…')
  await dialog.getByRole('radio', { name: 'hosts of ~/.ssh/config' }).check()
  const offered = dialog.getByRole('group', { name: 'Hosts to add' })
  await expect(offered.getByRole('checkbox')).toHaveCount(2)
  await expect(offered).toContainText('kvm-7')
  await dialog.getByRole('radio', { name: 'virt-manager’s connections' }).check()
  await expect(offered.getByRole('checkbox')).toHaveCount(1)
  await expect(dialog).toContainText('xen+ssh://old.example.org/ leads elsewhere')
  await offered.getByRole('checkbox', { name: host.address }).check()
  await expectAccessible(deck, 'hosts to choose from')
  await press(deck, 'Next')
  await dialog.getByRole('radio', { name: 'Key file' }).check()
  await dialog.getByLabel('Key file').last().fill(host.privateKeyPath)
  await press(deck, 'Check')
  const line = dialog.locator(`[data-host="${host.address}"]`)
  await expect(line).toHaveAttribute('data-verdict', 'key')
  await expect(line).toContainText(host.hostKeyFingerprint)
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
  // what could be done about it is planned before anything is done
  await expect(deck.getByRole('group', { name: 'What will happen' })).toContainText('libvirt-daemon-system')
  await expect(deck.getByRole('dialog')).toContainText('What is installed stays')
  await expect(deck.getByRole('dialog').getByRole('button', { name: 'Install', exact: true })).toBeEnabled()
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

/** Gives the account of $0, its home, this ssh_config ($1), seen by the process alone that comes after it. */
const OWN_SSH_CONFIG = `mount -t tmpfs -o mode=700 tmpfs "$0" && mkdir -m 700 "$0/.ssh" && printf %s "$1" > "$0/.ssh/config"
shift && export HOME="$0" && exec "$@"`

test('commands of ssh_config are run once a person has allowed them, and asked about again when they change', async ({
  page,
  lab,
}) => {
  const { host } = lab
  const home = userInfo().homedir
  const witness = join(await mkdtemp(join(tmpdir(), 'virtdeck-exec-')), 'ran')
  const config = (command: string) => `Match originalhost by-command exec "${command}"\n HostName ${host.address}\n`
  const first = config(`touch ${witness}`)
  const app = await startServedApp({ launcher: ['unshare', '-m', '--', 'sh', '-c', OWN_SSH_CONFIG, home, first] })
  try {
    // A script that does not say what it wants is told what to say.
    const { user, privateKeyPath, hostKeyFingerprint } = host
    const asked = addLabHost(app, { address: 'by-command', user, privateKeyPath, hostKeyFingerprint })
    await expect(asked).rejects.toThrow('ssh.config-commands-unconfirmed')
    await page.goto(app.url)
    // Among many it is the same question, once for all of them.
    await openAddHost(page)
    await press(page, 'Add several hosts…')
    await page.getByRole('textbox', { name: 'Hosts' }).fill('by-command')
    await press(page, 'Next')
    await press(page, 'Check')
    await expect(page.getByRole('checkbox', { name: 'Run these commands, for all hosts' })).toBeVisible()
    expect(existsSync(witness)).toBe(false)
    await press(page, 'Cancel')
    await openAddHost(page)
    await fillKeySignIn(page, { address: 'by-command', user, privateKeyPath })
    await press(page, 'Check')
    await expect(page.getByRole('dialog')).toContainText(`touch ${witness}`)
    expect(existsSync(witness)).toBe(false)
    await page.getByRole('checkbox', { name: 'Run these commands, for all hosts' }).check()
    await press(page, 'Check again')
    await confirmKey(page, host)
    expect(existsSync(witness)).toBe(true)
    await press(page, 'Add')
    await expect(page.getByRole('treeitem', { name: 'node1.lab' })).toBeVisible()

    await writeFile(`/proc/${app.pid}/root${home}/.ssh/config`, config('true'))
    const hostId = await reconnectOnlyHost(app)
    await page.goto(`${new URL(app.url).origin}/#/host/${hostId}/summary`)
    const allow = page.getByRole('button', { name: 'Run these commands, for all hosts' })
    await allow.click()
    await expect(allow).toBeHidden()
    await expect.poll(async () => (await fetchOnlyHost(app)).status).toBe('up')
  } finally {
    await app.stop()
    await rm(dirname(witness), { recursive: true })
  }
})

async function fetchOnlyHost(app: ServedApp): Promise<{ readonly id: string; readonly status: string }> {
  const { value } = (await ask(app, '/api/topics/hosts')) as { value: { id: string; status: string }[] }
  if (value[0] === undefined) throw new Error('there is no host')
  return value[0]
}

async function reconnectOnlyHost(app: ServedApp): Promise<string> {
  const { id } = await fetchOnlyHost(app)
  await ask(app, '/api/commands/host.reconnect', { hostId: id })
  return id
}

async function ask(app: ServedApp, path: string, body?: object): Promise<unknown> {
  const { url, token } = JSON.parse(await readFile(join(app.dataDir, 'engine.json'), 'utf8')) as Record<string, string>
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const posted = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  return (await fetch(`${url}${path}`, { headers, ...posted })).json()
}
