import type { Locator, Page } from '@playwright/test'
import { runCommand } from '../lab/command.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import type { SharedFolder } from '../lab/shared-folder.ts'
import { press } from './add-host-dialog.ts'
import { addLabHost } from './add-lab-host.ts'
import { test as base, eachTheme, expect, expectAccessible } from './fixture.ts'
import { picture } from './pictures.ts'

/*
 * From two hosts to a datacenter that is up by its storage: once by mouse, once by keyboard alone. Pictures of the documentation go into
 * the test's results; with UPDATE_IMAGES=1 into docs/images.
 */

interface StorageLab {
  readonly lab: Lab
  readonly data: SharedFolder
  readonly iso: SharedFolder
}

/** Both hosts of this lab share two folders. */
const test = base.extend<object, { readonly storage: StorageLab }>({
  storage: [
    async ({ system }, use) => {
      const lab = await startLab({ hosts: 2, host: { system } })
      try {
        const data = await lab.shareFolder({ path: '/vm-data', sizeMiB: 8_192 })
        const iso = await lab.shareFolder({ path: '/vm-iso', sizeMiB: 8_192 })
        await use({ lab, data, iso })
      } finally {
        await lab.stop()
      }
    },
    { scope: 'worker', timeout: 15 * 60_000 },
  ],
})

test.use({ viewport: { width: 1440, height: 900 } })

/** Whatever a test made in the hosts or the folders is gone before the next. */
test.beforeEach(async ({ storage: { lab, data, iso } }) => {
  for (const host of lab.hosts) {
    await host.resetVms()
    await host.exec(
      'for p in $(virsh -q pool-list --all --name); do virsh pool-destroy "$p"; virsh pool-undefine "$p"; done; true',
    )
  }
  for (const { machinePath } of [data, iso]) await runCommand('find', [machinePath, '-mindepth', '1', '-delete'])
})

/** A line of the tree with its status. */
function line(page: Page, name: string): Locator {
  return page.getByRole('treeitem', { name: new RegExp(`\\b${name.replaceAll('.', '\\.')}\\b`) })
}

/** An installation medium of 2 MiB with this label: what ECMA-119 wants at its head, and then bytes that are no zeros. */
function createMedium(label: string): string {
  const bytes = Buffer.alloc(2 * 1_048_576, 0x5a)
  const [primary, end] = [16 * 2_048, 17 * 2_048]
  bytes.fill(0, 0, end + 2_048)
  bytes.write('\x01CD001\x01', primary, 'latin1')
  bytes.write(label.padEnd(32), primary + 40, 'latin1')
  bytes.write('\xffCD001\x01', end, 'latin1')
  return bytes.toString('base64')
}

/** What a browser tells the page while a person drags a file of the desktop over an element, or lets go of it there. */
async function drag(page: Page, event: 'dragover' | 'drop', target: Locator, name: string, base64: string) {
  const dataTransfer = await page.evaluateHandle(
    ([fileName, content]) => {
      const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0))
      const transfer = new DataTransfer()
      transfer.items.add(new File([bytes], fileName))
      return transfer
    },
    [name, base64] as const,
  )
  await target.dispatchEvent(event, { dataTransfer, bubbles: true, cancelable: true })
}

test('data and ISO domains and a dragged medium by mouse: hosts say what fits, the datacenter comes up', async ({
  deck,
  storage: { lab },
  app,
}) => {
  // three pages are looked at in two themes
  test.slow()
  for (const host of lab.hosts) await addLabHost(app, host)
  await line(deck, 'Default').first().click()
  const checklist = deck.getByRole('region', { name: 'Until Default is up' })
  await expect(checklist).toContainText('2 of 3 done')
  await checklist.getByRole('button', { name: 'New storage domain…' }).click()
  const dialog = deck.getByRole('dialog', { name: 'New storage domain' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('data')
  await dialog.getByRole('radio', { name: 'POSIX path' }).check()
  // a place that is none stands at its field
  await dialog.getByRole('textbox', { name: 'Path' }).fill('vm-data')
  await press(deck, 'Next')
  await expect(dialog.getByRole('textbox', { name: 'Path' })).toHaveAttribute('aria-invalid', 'true')
  await dialog.getByRole('textbox', { name: 'Path' }).fill('/vm-nothing')
  await press(deck, 'Next')
  await press(deck, 'Check hosts')
  const verdicts = dialog.getByRole('list', { name: 'What the hosts say' })
  await expect(verdicts.locator('[data-outcome=failed]')).toHaveCount(2)
  await expect(verdicts).toContainText('/vm-nothing does not exist on node1.lab')
  await eachTheme(deck, 'what hosts refuse')
  await dialog.getByRole('button', { name: '1 General' }).click()
  await dialog.getByRole('textbox', { name: 'Path' }).fill('/vm-data')
  await press(deck, 'Next')
  await press(deck, 'Check hosts')
  await expect(verdicts.locator('[data-outcome=passed]')).toHaveCount(2)
  await press(deck, 'Next')
  await expect(dialog.getByRole('group', { name: 'What will happen' })).toContainText('node1.lab')
  await picture(deck, 'new-storage-domain')
  await press(deck, 'Create')
  await expect(deck.getByRole('heading', { name: 'data', level: 1 })).toBeVisible()
  await expect(deck.locator('.vd-header [data-status=active]')).toBeVisible()
  await expect(deck.getByRole('tab', { name: 'Hosts · 2 of 2' })).toBeVisible()
  await expect(deck.getByRole('region', { name: 'Image locks' })).toContainText('Exclusive')
  await eachTheme(deck, 'storage domain')
  await picture(deck, 'storage-domain')

  await deck.getByRole('button', { name: 'New storage domain…' }).click()
  await dialog.getByLabel('Name').fill('media')
  await expect(dialog.getByRole('radio', { name: 'ISO' })).toBeChecked()
  await dialog.getByRole('radio', { name: 'POSIX path' }).check()
  await dialog.getByRole('textbox', { name: 'Path' }).fill('/vm-iso')
  await press(deck, 'Create')
  await expect(deck.getByRole('heading', { name: 'media', level: 1 })).toBeVisible()
  await expect(deck.locator('.vd-header [data-status=active]')).toBeVisible()

  await line(deck, 'Default').first().click()
  await expect(deck.locator('.vd-header [data-status=up]')).toBeVisible()
  await expect(deck.getByRole('region', { name: 'Storage domains' })).toContainText('Master')
  await expect(deck.getByRole('region', { name: 'Storage', exact: true })).toContainText('GiB used')

  // a file of the desktop: what takes it says so before it is dropped, and what does not says why
  const medium = createMedium('NETINST')
  await drag(deck, 'dragover', line(deck, 'Default').first(), 'netinst.iso', medium)
  await expect(deck.locator('.vd-drop')).toHaveText('Drop it on a storage domain')
  await line(deck, 'Default').first().click()
  await deck.getByRole('button', { name: 'Storage', exact: true }).click()
  await drag(deck, 'dragover', line(deck, 'media'), 'netinst.iso', medium)
  await expect(deck.locator('.vd-drop')).toHaveAttribute('data-verdict', 'fits')
  await expect(line(deck, 'media')).toHaveAttribute('data-drop', 'fits')
  await drag(deck, 'drop', line(deck, 'media'), 'netinst.iso', medium)
  await expect(deck.locator('.vd-drop')).toHaveCount(0)
  const upload = deck.getByRole('dialog', { name: 'Upload' })
  await expect(upload.getByLabel('Storage domain')).toHaveText(/media/)
  await expect(upload.getByRole('list', { name: 'Files' })).toContainText('netinst.iso')
  await expectAccessible(deck, 'upload')
  await press(deck, 'Upload')
  const sent = deck.getByRole('row', { name: /netinst\.iso/ })
  await expect(sent.locator('[data-phase=done]')).toBeVisible({ timeout: 60_000 })
  await line(deck, 'media').click()
  await deck.getByRole('tab', { name: 'Images · 1' }).click()
  await expectAccessible(deck, 'images and transfers')
  await picture(deck, 'transfers')
  await deck.getByTestId('page').getByRole('button', { name: 'netinst', exact: true }).click()
  await expect(deck.getByRole('heading', { name: 'netinst', level: 1 })).toBeVisible()
  await expect(deck.getByRole('region', { name: 'Size' })).toContainText('NETINST')
  await expect(deck.getByRole('region', { name: 'File' })).toContainText('/vm-iso/netinst.iso')
  await expect(deck.getByTestId('page').getByRole('button', { name: 'Download…' })).toBeEnabled()

  // out of use, and in again; what it means is said before
  await line(deck, 'media').click()
  await deck.getByTestId('page').getByRole('button', { name: 'Maintenance…' }).click()
  await expect(deck.getByRole('dialog', { name: 'Take media out of use?' })).toContainText('nothing on it changes')
  await press(deck, 'Take out of use')
  await expect(deck.locator('.vd-header [data-status=maintenance]')).toBeVisible()
  await deck.getByTestId('page').getByRole('button', { name: 'Activate' }).click()
  await expect(deck.locator('.vd-header [data-status=active]')).toBeVisible()

  // the search knows domains by what they are
  await deck.keyboard.press('Control+k')
  await deck.keyboard.type('storage: type=iso')
  await expect(deck.getByRole('option', { name: /media/ })).toBeVisible()
  await deck.keyboard.press('Escape')
})

test('a data domain and an image in it by keyboard alone', async ({ deck, storage: { lab }, app }) => {
  test.slow()
  const { keyboard } = deck
  const dialog = deck.getByRole('dialog')
  for (const host of lab.hosts) await addLabHost(app, host)
  const goTo = async (target: Locator): Promise<void> => {
    for (let step = 0; step < 16 && !(await target.evaluate((own) => own === document.activeElement)); step += 1) {
      await keyboard.press('Tab')
    }
    await expect(target).toBeFocused()
  }
  await expect(line(deck, lab.hosts[1]?.name ?? '')).toBeVisible()
  await keyboard.press('Control+k')
  await keyboard.type('New storage domain…')
  const offer = deck.getByRole('option').first()
  await expect(offer).toContainText('New storage domain…')
  // The engine has said that it may be made: before, the key does nothing.
  await expect(offer).toHaveAttribute('aria-disabled', 'false')
  await keyboard.press('Enter')
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await keyboard.type('data')
  await goTo(dialog.getByRole('radio', { name: 'NFS' }))
  await keyboard.press('ArrowDown')
  await goTo(dialog.getByRole('textbox', { name: 'Path' }))
  await keyboard.type('/vm-data')
  await keyboard.press('Enter')
  await expect(deck.getByRole('heading', { name: 'data', level: 1 })).toBeVisible()
  await expect(deck.locator('.vd-header [data-status=active]')).toBeVisible()

  await keyboard.press('Control+k')
  await keyboard.type('Upload…')
  await expect(deck.getByRole('option').first()).toContainText('Upload…')
  await keyboard.press('Enter')
  await expect(dialog.getByRole('button', { name: 'Choose files…' })).toBeFocused()
  const [chooser] = await Promise.all([deck.waitForEvent('filechooser'), keyboard.press('Enter')])
  await chooser.setFiles({
    name: 'blank.img',
    mimeType: 'application/octet-stream',
    buffer: Buffer.alloc(1_048_576, 7),
  })
  await goTo(dialog.getByRole('button', { name: 'Upload', exact: true }))
  await keyboard.press('Enter')
  const sent = deck.getByRole('row', { name: /blank/ })
  await expect(sent.locator('[data-phase=done]')).toBeVisible({ timeout: 60_000 })
})
