import type { Locator, Page } from '@playwright/test'
import { type Lab, startLab } from '../lab/lab.ts'
import { confirmKey, fillKeySignIn, press } from './add-host-dialog.ts'
import { test as base, expect } from './fixture.ts'

/*
 * The first lab of a course: from nothing to the screen of an installer, in one path through the page.
 */

/** One host, and two folders for domains. */
const test = base.extend<object, { readonly course: Lab }>({
  course: [
    async ({ system }, use) => {
      const lab = await startLab({ hosts: 1, host: { system } })
      try {
        await lab.shareFolder({ path: '/vm-data', sizeMiB: 8_192 })
        await lab.shareFolder({ path: '/vm-iso', sizeMiB: 8_192 })
        await use(lab)
      } finally {
        await lab.stop()
      }
    },
    { scope: 'worker', timeout: 15 * 60_000 },
  ],
})

test.use({ viewport: { width: 1440, height: 900 } })

const SECTOR_BYTES = 2_048

/**
 * An installation medium that boots (El Torito, without emulation): a program of a few bytes makes the screen blue. ECMA-119 wants no more
 * of it than its head.
 */
function createBootableMedium(label: string): string {
  const bytes = Buffer.alloc(2 * 1_048_576)
  const at = (sector: number) => sector * SECTOR_BYTES
  bytes.write('\x01CD001\x01', at(16), 'latin1')
  bytes.write(label.padEnd(32), at(16) + 40, 'latin1')
  bytes.write('\x00CD001\x01EL TORITO SPECIFICATION', at(17), 'latin1')
  bytes.writeUInt32LE(19, at(17) + 71)
  bytes.write('\xffCD001\x01', at(18), 'latin1')
  bytes.set([1, 0, 0, 0], at(19))
  // All words of the first entry add up to nothing.
  bytes.set([0xaa, 0x55, 0x55, 0xaa], at(19) + 28)
  // It is booted: four pieces of 512 bytes, which lie in the next sector.
  bytes.set([0x88, 0, 0, 0, 0, 0, 4, 0, 20, 0, 0, 0], at(19) + 32)
  const program = [
    ...[0xb8, 0x03, 0x00, 0xcd, 0x10], // mov ax, 3; int 10h: 80 by 25 letters
    ...[0xb8, 0x00, 0xb8, 0x8e, 0xc0], // mov ax, b800h; mov es, ax
    ...[0x31, 0xff, 0xb9, 0xd0, 0x07], // xor di, di; mov cx, 2000
    ...[0xb8, 0x20, 0x1f, 0xfc, 0xf3, 0xab], // mov ax, 1f20h: a blank on blue; cld; rep stosw
    ...[0xf4, 0xeb, 0xfd], // hlt; jmp to it
  ]
  bytes.set(program, at(20))
  return bytes.toString('base64')
}

/** A line of the tree. */
function line(page: Page, name: string): Locator {
  return page.getByRole('treeitem', { name: new RegExp(`\\b${name.replaceAll('.', '\\.')}\\b`) })
}

/** A storage domain on a path of the host, from the page of its datacenter or of another domain. */
async function createDomain(page: Page, name: string, path: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'New storage domain' })
  await page.getByRole('button', { name: 'New storage domain…' }).first().click()
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name)
  await dialog.getByRole('radio', { name: 'POSIX path' }).check()
  await dialog.getByRole('textbox', { name: 'Path' }).fill(path)
  await press(page, 'Create')
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible({ timeout: 60_000 })
  await expect(page.locator('.vd-header [data-status=active]')).toBeVisible({ timeout: 60_000 })
}

/** Whether the middle of the console's picture is the blue of the medium's program. */
function isBlue(view: Page): Promise<boolean> {
  return view.getByRole('application').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement
    const picture = (canvas as HTMLCanvasElement).getContext('2d')
    const [red = 0, green = 0, blue = 0] = picture?.getImageData(width / 2, height / 2, 1, 1).data ?? []
    return red === 0 && green === 0 && blue > 100
  })
}

test('from nothing to the screen of an installer', async ({ deck, course }) => {
  // a host is added, two domains are proved, and a machine is emulated
  test.slow()
  const [host] = course.hosts
  if (host === undefined) throw new Error('the lab has a host')
  const dialog = deck.getByRole('dialog')

  await deck.getByRole('menuitem', { name: 'File' }).click()
  await deck.getByRole('menuitem', { name: 'New datacenter…' }).click()
  await dialog.getByLabel('Name').fill('Course')
  await press(deck, 'Create')
  await deck.getByRole('region', { name: 'Until Course is up' }).getByRole('button', { name: 'New cluster…' }).click()
  await dialog.getByLabel('Name').fill('lab')
  await press(deck, 'Create')
  await expect(deck.getByRole('heading', { name: 'lab', level: 1 })).toBeVisible()
  await deck.getByTestId('page').getByRole('button', { name: 'Add host…' }).click()
  await fillKeySignIn(deck, host)
  await press(deck, 'Check')
  await confirmKey(deck, host)
  await press(deck, 'Add')
  await expect(deck.getByRole('heading', { name: host.name, level: 1 })).toBeVisible({ timeout: 60_000 })

  await line(deck, 'Course').first().click()
  await createDomain(deck, 'data', '/vm-data')
  await createDomain(deck, 'media', '/vm-iso')
  const medium = createBootableMedium('Debian 13.1.0 amd64 n')
  await deck.getByRole('button', { name: 'Storage', exact: true }).click()
  const dataTransfer = await deck.evaluateHandle((content) => {
    const transfer = new DataTransfer()
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0))
    transfer.items.add(new File([bytes], 'debian.iso'))
    return transfer
  }, medium)
  await line(deck, 'media').dispatchEvent('drop', { dataTransfer, bubbles: true, cancelable: true })
  await press(deck, 'Upload')
  const sent = deck.getByRole('row', { name: /debian\.iso/ })
  await expect(sent.locator('[data-phase=done]')).toBeVisible({ timeout: 60_000 })

  // what is not there, and what nothing can be made of, stands at its field; the medium says which system it is
  await deck.getByRole('button', { name: 'Compute', exact: true }).click()
  await line(deck, 'lab').first().click({ button: 'right' })
  await deck.getByRole('menuitem', { name: 'New virtual machine…' }).click()
  await press(deck, 'Create')
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveAttribute('aria-invalid', 'true')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('web')
  await dialog.getByRole('radio', { name: 'ISO image' }).check()
  await dialog.getByLabel('Installation medium').selectOption({ label: 'debian' })
  await expect(dialog).toContainText('Recognised as Debian 13.')
  await expect(dialog.getByLabel('Operating system')).toHaveValue('debian13')
  await dialog.getByRole('textbox', { name: 'Memory' }).fill('256 MiB')
  await dialog.getByRole('textbox', { name: 'vCPUs' }).fill('1')
  await dialog.getByRole('textbox', { name: 'Disk size' }).fill('1')
  await dialog.getByLabel('Network', { exact: true }).selectOption({ label: 'User network (NAT)' })
  await dialog.getByRole('checkbox', { name: 'Start it when it is created' }).check()
  await dialog.getByRole('button', { name: '6 More' }).click()
  await press(deck, 'Show the plan')
  await expect(dialog.getByRole('group', { name: 'What will happen' })).toContainText(host.name)
  await dialog.getByText('Show its libvirt XML').click()
  await expect(dialog).toContainText("<libosinfo:os id='http://debian.org/debian/13'/>")
  await press(deck, 'Create')
  await expect(deck.getByRole('heading', { name: 'web', level: 1 })).toBeVisible({ timeout: 120_000 })
  const node = line(deck, 'web')
  await expect(node.getByRole('img', { name: 'Up', exact: true })).toBeVisible({ timeout: 60_000 })

  const [view] = await Promise.all([deck.context().waitForEvent('page'), node.dblclick()])
  await expect(view.getByText('Connected', { exact: true })).toBeVisible()
  await expect.poll(() => isBlue(view), { timeout: 120_000 }).toBe(true)
  await view.close()

  // the medium is taken out while the machine runs
  const choose = async (entry: string) => {
    await deck.getByRole('main').getByRole('button', { name: 'All actions' }).first().click()
    await deck.getByRole('menuitem', { name: entry }).click()
  }
  const powerOff = async () => {
    await choose('Power off…')
    await press(deck, 'Power off')
    await expect(node.getByRole('img', { name: 'Down', exact: true })).toBeVisible({ timeout: 60_000 })
  }
  const mediaOf = async (flags: readonly string[]) => (await host.virsh(['domblklist', 'web', ...flags])).stdout
  await choose('Change CD…')
  await expect(dialog.getByLabel('Medium')).toHaveValue(/-/)
  await dialog.getByLabel('Medium').selectOption({ label: 'No medium' })
  await press(deck, 'Change')
  await expect(dialog).toBeHidden({ timeout: 60_000 })
  expect(await mediaOf([])).not.toContain('.iso')
  expect(await mediaOf(['--inactive'])).not.toContain('.iso')
  await powerOff()

  // and put in again for one run, by keyboard: what is wrong stands at its field
  await deck.keyboard.press('Control+k')
  await deck.keyboard.type('Run once')
  await deck.keyboard.press('Enter')
  await expect(dialog.getByRole('heading', { name: 'Run web once' })).toBeVisible()
  await dialog.getByRole('checkbox', { name: 'Boot a kernel of the host' }).check()
  await dialog.getByRole('textbox', { name: 'Kernel', exact: true }).fill('vmlinuz')
  await deck.keyboard.press('Enter')
  await expect(dialog.getByRole('textbox', { name: 'Kernel', exact: true })).toHaveAttribute('aria-invalid', 'true')
  await dialog.getByRole('checkbox', { name: 'Boot a kernel of the host' }).uncheck()
  await dialog.getByLabel('Boot order').selectOption({ label: 'Medium' })
  await dialog.getByLabel('Medium').selectOption({ label: 'debian' })
  await press(deck, 'Run')
  await expect(node.getByRole('img', { name: 'Up', exact: true })).toBeVisible({ timeout: 60_000 })
  expect(await mediaOf([])).toContain('.iso')
  expect(await mediaOf(['--inactive'])).not.toContain('.iso')

  // and away again, with its disk
  await powerOff()
  await choose('Remove…')
  await dialog.getByRole('checkbox', { name: 'Delete its disk too' }).check()
  await press(deck, 'Remove with disks')
  await expect(node).toHaveCount(0)
  // Its file goes after its definition.
  await expect.poll(async () => (await host.exec('find /vm-data -name "*.qcow2"')).stdout).toBe('')
})
