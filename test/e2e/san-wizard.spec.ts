import { resolve } from 'node:path'
import { test as base, expect } from '@playwright/test'
import { startFakeEngine } from '../unit/renderer/fake-engine.ts'
import { press } from './add-host-dialog.ts'
import { expectAccessible } from './fixture.ts'

/*
 * How a person finds and chooses LUNs, with an invented SAN: hosts that see a real one have kernels of their own, which the lab's test of
 * such storage boots (test/slow/storage-luns.test.ts).
 */

const test = base.extend<{ readonly url: string }>({
  url: async ({ page }, use) => {
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(String(error)))
    const folder = resolve(import.meta.dirname, '../../out/renderer')
    const engine = await startFakeEngine({ folder, port: 0, machines: 4, hosts: 2 })
    await use(engine.url)
    await engine.stop()
    expect(errors, 'errors in the page').toEqual([])
  },
})

test('a domain on iSCSI: targets are discovered, LUNs listed, and only an empty one that all hosts see can be chosen', async ({
  page,
  url,
}) => {
  await page.goto(url)
  await page.getByRole('treeitem', { name: /Seoul/ }).click()
  await page.getByTestId('page').getByRole('button', { name: 'New storage domain…' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New storage domain' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('san')
  await dialog.getByRole('radio', { name: 'iSCSI' }).check()
  await press(page, 'Next')
  // what lacks stands at its field
  await expect(dialog).toContainText('Discover the targets, and choose at least one')
  await expect(dialog).toContainText('List the LUNs, and choose at least one')
  await dialog.getByRole('textbox', { name: 'Portal' }).fill('10.0.0.5')
  await press(page, 'Discover targets')
  await dialog.getByRole('checkbox', { name: 'iqn.2003-01.org.example:fast' }).check()
  await dialog.getByRole('textbox', { name: 'CHAP user' }).fill('vd')
  await dialog.getByLabel('CHAP password').fill('wrong')
  await press(page, 'List LUNs')
  await expect(dialog.getByRole('alert')).toContainText('the CHAP user or password is wrong or missing')
  await dialog.getByLabel('CHAP password').fill('secret-12-chars')
  await press(page, 'List LUNs')
  const luns = dialog.getByRole('group', { name: 'LUNs' })
  await expect(luns.getByRole('checkbox')).toHaveCount(3)
  await expect(luns).toContainText('file system xfs')
  await expect(luns).toContainText('not seen by every host')
  for (const name of [/lun-2/, /lun-3/]) await expect(luns.getByRole('checkbox', { name })).toBeDisabled()
  await luns.getByRole('checkbox', { name: /lun-1/ }).check()
  await expectAccessible(page, 'LUNs')
  await press(page, 'Next')
  await press(page, 'Create')
  await expect(page.getByRole('heading', { name: 'san', level: 1 })).toBeVisible()
  await expect(page.getByTestId('page')).toContainText('naa.6001405000000001')
})

test('a whole LUN is given to a machine: of those that its host sees', async ({ page, url }) => {
  await page.goto(url)
  await page.getByRole('treeitem', { name: 'web-01' }).click()
  await page.getByTestId('page').getByRole('button', { name: 'Attach disk…' }).click()
  const dialog = page.getByRole('dialog', { name: /Attach a disk/ })
  await dialog.getByRole('radio', { name: 'A whole LUN' }).check()
  await press(page, 'Attach')
  await expect(dialog).toContainText('List the LUNs, and choose one.')
  await press(page, 'List LUNs')
  const lun = dialog.getByRole('combobox', { name: 'A whole LUN' })
  // One that only another host sees is not among them.
  await expect(lun.getByRole('option')).toHaveCount(3)
  await lun.selectOption('naa.6001405000000001')
  await expectAccessible(page, 'a whole LUN')
  await press(page, 'Attach')
  await expect(dialog).toBeHidden()
  await expect(page.getByTestId('page')).toContainText('vdz · virtioscsi-36001405000000001')
})
