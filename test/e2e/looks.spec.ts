import type { Page } from '@playwright/test'
import { guestXml } from '../lab/guest-xml.ts'
import { openAddHost } from './add-host-dialog.ts'
import { addLabHost } from './add-lab-host.ts'
import { expect, expectAccessible, test } from './fixture.ts'
import { picture } from './pictures.ts'

/*
 * Every page once in each theme under axe, which takes seconds each time: here, and not along the paths of the other files. And
 * the pictures of the documentation, which go into the test's results; with UPDATE_IMAGES=1 into docs/images.
 */

const themes = ['light', 'dark'] as const

async function eachTheme(page: Page, what: string): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expectAccessible(page, `${what}, ${colorScheme}`, { colorsOnly: colorScheme !== themes[0] })
  }
}

test.use({ viewport: { width: 1440, height: 900 } })

test('the welcome page, the dialogs and the palette are clean', async ({ deck }) => {
  await expect(deck.getByRole('heading', { name: /Welcome/ })).toBeVisible()
  await eachTheme(deck, 'welcome')
  await deck.getByRole('menuitem', { name: 'View' }).click()
  await expect(deck.getByRole('menu')).toBeVisible()
  await eachTheme(deck, 'an open menu of the bar')
  await deck.keyboard.press('Escape')
  await expect(deck.getByRole('menu')).toHaveCount(0)
  await openAddHost(deck)
  await eachTheme(deck, 'add host')
  await deck.keyboard.press('Escape')
  await deck.keyboard.press('Control+k')
  await expect(deck.getByRole('combobox')).toBeFocused()
  await eachTheme(deck, 'palette')
})

test('host, machine and console pages are clean, and look as in the documentation', async ({ deck, lab, app }) => {
  // axe reads eight pages in two themes: most of a minute on two cores
  test.slow()
  const { host } = lab
  await host.resetVms()
  for (const name of ['db-primary', 'db-replica', 'mail', 'monitoring']) {
    await host.defineVm(guestXml({ name, boots: 'firmware' }))
  }
  await host.exec(
    'mkdir -p /var/lib/libvirt/images; qemu-img create -q -f qcow2 /var/lib/libvirt/images/wordpress.qcow2 2G',
  )
  const disk =
    "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/var/lib/libvirt/images/wordpress.qcow2'/><target dev='vda' bus='virtio'/></disk><interface type='user'><model type='virtio'/></interface>"
  await host.defineVm(guestXml({ name: 'wordpress', title: 'The blog', devices: disk }))
  for (const name of ['wordpress', 'mail']) await host.virsh(['start', name])
  await addLabHost(app, host)

  const node = deck.getByRole('treeitem', { name: 'wordpress' })
  await node.click()
  await expect(deck.getByRole('region', { name: 'CPU' })).toContainText('%')
  await eachTheme(deck, 'machine summary')
  for (const colorScheme of themes) {
    await deck.emulateMedia({ colorScheme })
    await picture(deck, `window-${colorScheme}`)
  }
  for (const tab of ['XML', 'Log', 'Events']) {
    await deck.getByRole('main').getByRole('tab', { name: tab, exact: true }).first().click()
    await eachTheme(deck, `machine ${tab}`)
  }
  await deck.getByRole('treeitem', { name: 'node1.lab' }).click()
  await expect(deck.getByRole('region', { name: 'CPU' })).toContainText('%')
  await eachTheme(deck, 'host summary')
  await deck.getByRole('tab', { name: /Machines/ }).click()
  await eachTheme(deck, 'host machines')
  for (const tab of ['Hardware', 'System', 'Log']) {
    await deck.getByRole('main').getByRole('tab', { name: tab, exact: true }).click()
    await eachTheme(deck, `host ${tab}`)
  }

  await node.click({ button: 'right' })
  await expect(deck.getByRole('menuitem', { name: 'Serial console' })).toBeEnabled()
  await eachTheme(deck, 'a context menu')
  const [serial] = await Promise.all([
    deck.context().waitForEvent('page'),
    deck.getByRole('menuitem', { name: 'Serial console' }).click(),
  ])
  await expect(serial.getByText('Connected', { exact: true })).toBeVisible()
  await eachTheme(serial, 'serial console')
  await serial.close()

  const [view] = await Promise.all([deck.context().waitForEvent('page'), node.dblclick()])
  await expect(view.getByText('Connected', { exact: true })).toBeVisible()
  await eachTheme(view, 'console')
  await picture(view, 'console')
})

test('the window works small, and in Korean', async ({ deck, lab, app }) => {
  await lab.host.resetVms()
  await lab.host.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
  await addLabHost(app, lab.host)
  await deck.getByRole('button', { name: /Language/ }).click()
  await deck.getByRole('menu').getByText('한국어').click()
  await expect(deck.locator('html')).toHaveAttribute('lang', 'ko')
  await deck.getByRole('treeitem', { name: 'web-01' }).click()
  await deck.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await expectAccessible(deck, 'machine in Korean')
  await picture(deck, 'window-korean')
  await deck.setViewportSize({ width: 900, height: 600 })
  await expect(deck.getByRole('heading', { name: 'web-01' })).toBeInViewport()
  await expectAccessible(deck, 'a small window')
  await picture(deck, 'window-small')
})
