import { guestXml } from '../lab/guest-xml.ts'
import type { LabHost } from '../lab/host.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { addLabHost } from './add-lab-host.ts'
import { test as base, expect, expectAccessible } from './fixture.ts'
import { picture } from './pictures.ts'

/*
 * A running machine is dragged to another host, and comes back by keyboard. Pictures of the documentation go into the test's results; with
 * UPDATE_IMAGES=1 into docs/images.
 */

/** Both hosts of this lab have libvirt. */
const test = base.extend<object, { readonly lab: Lab }>({
  lab: [
    async ({ system }, use) => {
      const lab = await startLab({ hosts: 2, host: { system } })
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

const runsOn = async (host: LabHost, name: string) =>
  (await host.exec(`LC_ALL=C virsh domstate ${name}`, { allowFailure: true })).stdout.trim() === 'running'

test('a machine is dragged to another host, which says before that it fits, and comes back by keyboard', async ({
  deck,
  lab,
  app,
}) => {
  test.slow()
  const [one, two] = lab.hosts as [LabHost, LabHost]
  for (const host of [one, two]) await host.resetVms()
  await one.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
  await one.virsh(['start', 'web-01'])
  await addLabHost(app, one)
  await addLabHost(app, two)
  const machine = deck.getByRole('treeitem', { name: 'web-01' })
  const target = deck.getByRole('treeitem', { name: two.name })
  await expect(machine.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
  await expect(target.getByRole('img', { name: /^Up/ })).toBeVisible()
  await machine.click()

  await machine.hover()
  await deck.mouse.down()
  await target.hover()
  await target.hover()
  await expect(target).toHaveAttribute('data-migrate', 'fits')
  await expect(deck.getByRole('treeitem', { name: one.name })).toHaveAttribute('data-migrate', 'cannot')
  await expect(deck.getByText(`${two.name}: drop to migrate, with Shift at once`)).toBeVisible()
  await picture(deck, 'migrate-drag')
  await deck.mouse.up()

  const dialog = deck.getByRole('dialog', { name: 'Migrate web-01' })
  await expect(dialog.getByRole('radio', { name: two.name })).toBeChecked()
  await expect(dialog.getByRole('radio', { name: one.name })).toBeDisabled()
  await expect(dialog.getByText(`web-01 is on ${one.name} already`)).toBeVisible()
  for (const colorScheme of ['dark', 'light'] as const) {
    await deck.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expectAccessible(deck, `the migration, ${colorScheme}`, { colorsOnly: colorScheme === 'light' })
  }
  await picture(deck, 'migrate')
  await dialog.getByRole('button', { name: 'Migrate', exact: true }).click()
  await expect(dialog).toHaveCount(0, { timeout: 60_000 })
  expect(await runsOn(two, 'web-01')).toBe(true)
  expect(await runsOn(one, 'web-01')).toBe(false)
  await expect(machine.getByRole('img', { name: 'Up', exact: true })).toBeVisible()

  await machine.focus()
  await deck.keyboard.press('Shift+F10')
  await deck.getByRole('menuitem', { name: 'Migrate…' }).press('Enter')
  await expect(dialog.getByRole('radio', { name: 'The best host of the cluster' })).toBeChecked()
  await dialog.getByRole('radio', { name: 'The best host of the cluster' }).press('Enter')
  await expect(dialog).toHaveCount(0, { timeout: 60_000 })
  expect(await runsOn(one, 'web-01')).toBe(true)
  expect(await runsOn(two, 'web-01')).toBe(false)

  // One with a disk that only its host has.
  const path = '/var/lib/libvirt/images/carried.qcow2'
  await one.exec(`mkdir -p /var/lib/libvirt/images && rm -f ${path} && qemu-img create -q -f qcow2 ${path} 16M`)
  await two.exec(`rm -f ${path}`)
  const disk = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk>`
  await one.defineVm(guestXml({ name: 'web-02', boots: 'firmware', devices: disk }))
  await one.virsh(['start', 'web-02'])
  const carried = deck.getByRole('treeitem', { name: 'web-02' })
  await expect(carried.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
  await carried.focus()
  await deck.keyboard.press('Shift+F10')
  await deck.getByRole('menuitem', { name: 'Migrate…' }).press('Enter')
  const carrying = deck.getByRole('dialog', { name: 'Migrate web-02' })
  await expect(carrying.getByRole('radio', { name: two.name })).toBeDisabled()
  await carrying.getByRole('checkbox', { name: /Copy the disks along/ }).press('Space')
  await carrying.getByRole('radio', { name: two.name }).press('Space')
  await expect(carrying.getByText(`The disk ${path} is copied along`)).toBeVisible()
  await expectAccessible(deck, 'the migration with its disks')
  await picture(deck, 'migrate-disks')
  await carrying.getByRole('button', { name: 'Migrate', exact: true }).press('Enter')
  await expect(carrying).toHaveCount(0, { timeout: 60_000 })
  expect(await runsOn(two, 'web-02')).toBe(true)
  await expect(one.exec(`test -e ${path}`)).rejects.toThrow()
})
