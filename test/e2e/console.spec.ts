import type { Page } from '@playwright/test'
import { guestXml, pressedKeys } from '../lab/guest-xml.ts'
import { addLabHost } from './add-lab-host.ts'
import { expect, onEverySystem, test } from './fixture.ts'

test.beforeEach(async ({ lab, app }) => {
  await lab.host.resetVms()
  await addLabHost(app, lab.host)
})

/** The picture as it is now, by its pixels. */
function pixels(page: Page): Promise<string> {
  return page.getByRole('application').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
}

/** The colour below the middle of memtest's screen. */
function middle(page: Page): Promise<'blue' | 'black' | 'other'> {
  return page.getByRole('application').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement
    const picture = (canvas as HTMLCanvasElement).getContext('2d')
    const [red = 0, green = 0, blue = 0] = picture?.getImageData(width / 2, Math.floor(height * 0.75), 1, 1).data ?? []
    if (red > 0 || green > 0) return 'other'
    return blue > 100 ? 'blue' : blue === 0 ? 'black' : 'other'
  })
}

test('the console shows a changing picture and reacts to keys', onEverySystem, async ({ deck, lab }) => {
  const { host } = lab
  await host.defineVm(guestXml({ name: 'memtest', boots: 'memtest' }))
  await host.virsh(['start', 'memtest'])
  const node = deck.getByRole('treeitem', { name: 'memtest' })
  await expect(node.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
  const [view] = await Promise.all([deck.context().waitForEvent('page'), node.dblclick()])
  await expect(view.getByText('Connected', { exact: true })).toBeVisible()
  const before = await pixels(view)
  await expect.poll(() => pixels(view), { timeout: 60_000 }).not.toBe(before)

  // F1 opens memtest's settings: a black box in the middle of its blue screen, until F10 closes it
  await expect.poll(() => middle(view), { timeout: 60_000 }).toBe('blue')
  await view.getByRole('application').press('F1')
  await expect.poll(() => middle(view), { timeout: 60_000 }).toBe('black')
  await view.getByRole('application').press('F10')
  await expect.poll(() => middle(view), { timeout: 60_000 }).toBe('blue')
})

test('a display with a password opens without asking for it', async ({ deck, lab }) => {
  const { host } = lab
  await host.defineVm(
    guestXml({ name: 'guarded', boots: 'firmware', graphics: { kind: 'vnc-tcp', password: 'Secret-7' } }),
  )
  await host.virsh(['start', 'guarded'])
  const node = deck.getByRole('treeitem', { name: 'guarded' })
  await expect(node.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
  const [view] = await Promise.all([deck.context().waitForEvent('page'), node.dblclick()])
  await expect(view.getByText('Connected', { exact: true })).toBeVisible()
  expect(await view.content()).not.toContain('Secret-7')

  // started from its own window, which then asks for the display at the earliest moment there is
  await host.virsh(['destroy', 'guarded'])
  await expect(view.getByText('guarded is not running')).toBeVisible()
  await view.getByRole('main').getByRole('button', { name: 'Start' }).click()
  await expect(view.getByText('Connected', { exact: true })).toBeVisible()
})

test('a display with a keymap gets the keys of its layout, typed and pasted', async ({ deck, lab }) => {
  const { host } = lab
  const graphics = { kind: 'vnc-tcp', keymap: 'de' } as const
  await host.defineVm(guestXml({ name: 'german', reportsKeys: true, graphics }))
  await host.virsh(['start', 'german'])
  const serial = async () => (await host.exec('cat /var/log/libvirt/qemu/german-serial.log')).stdout
  const keys = async () => pressedKeys(await serial()).join(' ')
  await expect.poll(serial, { timeout: 60_000 }).toContain('GUEST-READY')
  const [view] = await Promise.all([
    deck.context().waitForEvent('page'),
    deck.getByRole('treeitem', { name: 'german' }).dblclick(),
  ])
  await expect(view.getByText('Connected', { exact: true })).toBeVisible()

  // "z" and "/" of a US keyboard: the guest gets the key right of T, and Shift (42) with the key of 7
  await view.getByRole('application').press('z')
  await view.getByRole('application').press('/')
  await expect.poll(keys).toBe('21 42 8')

  await view.getByRole('button', { name: 'Send keys' }).click()
  await view.getByRole('menuitem', { name: 'Type a text…' }).click()
  await expect(view.getByRole('dialog')).toContainText('German (de)')
  await view.getByLabel('Text to type').fill('Z@’#')
  await view.getByRole('button', { name: 'Type', exact: true }).click()
  // AltGr (100) with Q; Shift is not held for "#", whose key alone gives it there
  await expect.poll(keys).toBe('21 42 8 42 21 100 16 100 43 43')
})

test('the guest’s serial shell answers', async ({ deck, lab }) => {
  const { host } = lab
  await host.defineVm(guestXml({ name: 'shell', shellPort: 'second' }))
  await host.virsh(['start', 'shell'])
  await deck.getByRole('treeitem', { name: 'shell' }).click()
  await deck.getByRole('main').getByRole('button', { name: 'All actions' }).click()
  const [view] = await Promise.all([
    deck.context().waitForEvent('page'),
    deck.getByRole('menuitem', { name: 'Serial console' }).click(),
  ])
  await expect(view.getByText('Connected', { exact: true })).toBeVisible()
  // the first port writes into a file: the second one is shown, and the first says why it is not
  await view.getByRole('button', { name: 'Port serial1' }).click()
  await expect(view.getByRole('menuitem', { name: 'serial0' })).toHaveAccessibleDescription(/\(file\)/)
  await view.keyboard.press('Escape')
  await view.locator('.xterm-helper-textarea').focus()
  const screen = view.locator('.xterm-rows')
  await expect(async () => {
    await view.keyboard.type('echo $((6*7))-answers\n')
    await expect(screen).toContainText('42-answers', { timeout: 2_000 })
  }).toPass({ timeout: 60_000 })

  // an editor's screen, whose program never takes it back: the button, a reset and a start do
  const openEditor = async () => {
    await expect(async () => {
      await view.keyboard.type('printf \\\\033[?1049hEDIT$((6*7))\n')
      await expect(screen).toContainText('EDIT42', { timeout: 2_000 })
    }).toPass({ timeout: 60_000 })
    await expect(screen).not.toContainText('42-answers')
  }
  await openEditor()
  await view.getByRole('button', { name: 'Reset terminal' }).click()
  await expect(screen).toContainText('42-answers')
  await openEditor()
  await host.virsh(['reset', 'shell'])
  await expect(screen).toContainText('42-answers')
  await openEditor()
  await host.virsh(['destroy', 'shell'])
  await expect(view.getByText('shell is not running')).toBeVisible()
  await expect(screen).not.toContainText('42-answers')
  await host.virsh(['start', 'shell'])
  await expect(screen).toContainText('42-answers')
})

test('a console comes back by itself when its machine does', async ({ deck, lab }) => {
  const { host } = lab
  await host.defineVm(guestXml({ name: 'phoenix', boots: 'firmware' }))
  await host.virsh(['start', 'phoenix'])
  const node = deck.getByRole('treeitem', { name: 'phoenix' })
  await expect(node.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
  const [view] = await Promise.all([deck.context().waitForEvent('page'), node.dblclick()])
  await expect(view.getByText('Connected', { exact: true })).toBeVisible()
  await host.virsh(['destroy', 'phoenix'])
  await expect(view.getByText('phoenix is not running')).toBeVisible()
  await host.virsh(['start', 'phoenix'])
  await expect(view.getByText('Connected', { exact: true })).toBeVisible()
})
