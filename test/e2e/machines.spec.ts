import { readFile } from 'node:fs/promises'
import { guestXml } from '../lab/guest-xml.ts'
import { addLabHost } from './add-lab-host.ts'
import { expect, onEverySystem, test } from './fixture.ts'

test.beforeEach(async ({ lab, app }) => {
  await lab.host.resetVms()
  await addLabHost(app, lab.host)
})

test('a machine that is defined next door appears, and goes when it is undefined', async ({ deck, lab }) => {
  await expect(deck.getByRole('treeitem', { name: 'node1.lab' })).toBeVisible()
  await lab.host.defineVm(guestXml({ name: 'newcomer', boots: 'firmware' }))
  await expect(deck.getByRole('treeitem', { name: 'newcomer' })).toBeVisible()
  await lab.host.virsh(['undefine', 'newcomer'])
  await expect(deck.getByRole('treeitem', { name: 'newcomer' })).toHaveCount(0)
})

test('a definition that is changed next door is told of, compared and accepted', async ({ deck, lab }) => {
  const uuid = '6f2a5c1e-0000-4000-8000-00000000d41f'
  let memoryMiB = 32
  const define = () => lab.host.defineVm(guestXml({ name: 'web-01', uuid, boots: 'firmware', memoryMiB }))
  await define()
  await deck.getByRole('treeitem', { name: 'web-01' }).click()
  const card = deck.getByRole('main').getByRole('region', { name: '1 change outside Virtdeck' })
  // The first of these is known before the others: nobody says when.
  await expect(async () => {
    memoryMiB += 8
    await define()
    await expect(card).toBeVisible({ timeout: 4_000 })
  }).toPass()
  await expect(card).toContainText(`→ ${memoryMiB} MiB`)
  await deck.getByRole('treeitem', { name: 'node1.lab' }).click()
  await card.getByRole('button', { name: 'Compare both versions of web-01' }).click()
  const dialog = deck.getByRole('dialog', { name: 'web-01: changed outside Virtdeck' })
  const lines = dialog.getByRole('region', { name: 'Differences' })
  await expect(lines).toContainText(`+  <memory unit='KiB'>${memoryMiB * 1_024}</memory>`)
  await dialog.getByRole('button', { name: 'Accept' }).click()
  await expect(card).toHaveCount(0)
  const dock = deck.getByRole('region', { name: 'Tasks and events' })
  await dock.getByRole('tab', { name: 'Events' }).click()
  await expect(dock).toContainText('Accept what was changed outside Virtdeck: done')
})

test('a machine is started from the page, and its end next door is seen', onEverySystem, async ({ deck, lab }) => {
  await lab.host.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
  const node = deck.getByRole('treeitem', { name: 'web-01' })
  await node.click()
  const main = deck.getByRole('main')
  await expect(main.getByRole('button', { name: 'Shut down', exact: true })).toBeDisabled()
  await main.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(node.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
  expect((await lab.host.virsh(['domstate', 'web-01'])).stdout.trim()).toBe('running')
  await lab.host.virsh(['destroy', 'web-01'])
  await expect(node.getByRole('img', { name: 'Down', exact: true })).toBeVisible()
})

test('a machine is edited: at once while it is down, for its next start while it runs, and back', async ({
  deck,
  lab,
}, testInfo) => {
  const { host } = lab
  await host.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
  const node = deck.getByRole('treeitem', { name: 'web-01' })
  await node.click()
  const main = deck.getByRole('main')
  const dialog = deck.getByRole('dialog', { name: 'Edit web-01' })
  const openEditor = async () => {
    await main.getByRole('button', { name: 'All actions' }).click()
    await deck.getByRole('menuitem', { name: 'Edit…' }).click()
    await dialog.getByRole('button', { name: 'Next' }).click()
  }
  await openEditor()
  await dialog.getByRole('textbox', { name: 'Memory', exact: true }).fill('48 MiB')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByText('The maximum must not be less than the value.')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Most memory' }).fill('48 MiB')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(main).toContainText('48 MiB')

  await host.virsh(['start', 'web-01'])
  await expect(node.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
  await openEditor()
  await dialog.getByRole('textbox', { name: 'Most memory' }).fill('64 MiB')
  for (const _page of ['boot', 'screen', 'changes']) await dialog.getByRole('button', { name: 'Next' }).click()
  await expect(dialog).toContainText('48 MiB → 64 MiB · at the next start')
  await testInfo.attach('edit-machine', { body: await deck.screenshot(), contentType: 'image/png' })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(main).toContainText('waits for the next start: maximum memory 48 MiB → 64 MiB')
  await main.getByRole('button', { name: 'Discard pending changes' }).click()
  await deck.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
  await expect(main.getByText('waits for the next start')).toHaveCount(0)
})

test('a machine is given a network card, and its definition is written by hand', async ({ deck, lab }) => {
  await lab.host.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
  await deck.getByRole('treeitem', { name: 'web-01' }).click()
  const main = deck.getByRole('main')
  await main.getByRole('button', { name: 'Add network card…' }).click()
  const card = deck.getByRole('dialog', { name: 'Add a network card to web-01' })
  await card.getByRole('combobox', { name: 'Network' }).selectOption({ label: 'User network (NAT)' })
  await card.getByRole('button', { name: 'Add' }).click()
  await main.getByRole('button', { name: /^Actions of ([0-9a-f]{2}:){5}/ }).click()
  await deck.getByRole('menuitem', { name: 'Edit…' }).click()
  const cable = deck.getByRole('dialog', { name: /^Network card .* of web-01$/ })
  await cable.getByRole('checkbox', { name: 'Network cable plugged in' }).uncheck()
  await cable.getByRole('button', { name: 'Save' }).click()
  await expect(cable).toHaveCount(0)

  await main.getByRole('button', { name: 'All actions' }).click()
  await deck.getByRole('menuitem', { name: 'Edit XML…' }).click()
  const dialog = deck.getByRole('dialog', { name: 'XML of web-01' })
  const text = dialog.getByRole('textbox', { name: 'Definition' })
  const xml = await text.inputValue()
  expect(xml).toContain("<interface type='user'>")
  expect(xml).toContain("<link state='down'/>")
  await text.fill(xml.replace('</os>', ''))
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByText(/It is about line \d+\./)).toBeVisible()
  await text.fill(xml.replace('<on_crash>destroy', '<on_crash>preserve'))
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
  expect((await lab.host.virsh(['dumpxml', 'web-01'])).stdout).toContain('<on_crash>preserve')

  await deck.getByRole('treeitem', { name: 'node1.lab' }).click()
  await main.getByRole('button', { name: 'All actions' }).click()
  await deck.getByRole('menuitem', { name: 'New machine from XML…' }).click()
  const other = deck.getByRole('dialog', { name: 'New machine on node1.lab from XML' })
  await other.getByRole('textbox', { name: 'Name' }).fill('web-02')
  await other.getByRole('textbox', { name: 'Definition' }).fill(xml)
  await other.getByRole('button', { name: 'Create' }).click()
  await expect(main.getByRole('heading', { name: 'web-02' })).toBeVisible()
})

test('machines are tagged, found by it with what the filter offers, kept as a view and saved as a file', async ({
  deck,
  lab,
}) => {
  for (const name of ['web-01', 'web-02']) await lab.host.defineVm(guestXml({ name, boots: 'firmware' }))
  await expect(deck.getByRole('treeitem', { name: 'web-02' })).toBeVisible()
  await deck.getByRole('treeitem', { name: 'web-01' }).click()
  const main = deck.getByRole('main')
  await main.getByRole('button', { name: 'All actions' }).click()
  await deck.getByRole('menuitem', { name: 'Tags and folder…' }).click()
  const dialog = deck.getByRole('dialog', { name: 'Tags and folder of web-01' })
  await dialog.getByRole('textbox', { name: 'Tags' }).fill('prod, "shop"')
  await dialog.getByRole('textbox', { name: 'Folder' }).fill('Customers/Acme')
  await dialog.getByRole('button', { name: 'Set' }).click()
  await expect(dialog.getByText('A tag is a word of letters')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Tags' }).fill('prod, shop')
  await dialog.getByRole('button', { name: 'Set' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(main).toContainText('Customers/Acme')
  expect((await lab.host.virsh(['dumpxml', 'web-01'])).stdout).toContain('<virtdeck:tag>prod</virtdeck:tag>')

  await main.getByRole('button', { name: 'prod' }).click()
  const filter = deck.getByLabel('Filter machines')
  await expect(filter).toHaveValue('tag=prod')
  const rows = main.getByRole('grid', { name: 'Machines' }).locator('[data-row]')
  await expect(rows).toHaveCount(1)
  await filter.fill('')
  await expect(rows).toHaveCount(2)
  await filter.pressSequentially('tag=pr')
  await expect(deck.getByRole('option', { name: 'prod' })).toBeVisible()
  await filter.press('ArrowDown')
  await filter.press('Enter')
  await expect(filter).toHaveValue('tag=prod ')
  await filter.press('Escape')

  await main.getByRole('button', { name: 'Views' }).click()
  await deck.getByRole('menuitem', { name: 'Save this view…' }).click()
  await deck.getByRole('textbox', { name: 'Name' }).fill('Production')
  await deck.getByRole('button', { name: 'Save', exact: true }).click()
  await filter.fill('nothing-like-it')
  await main.getByRole('button', { name: 'Views' }).click()
  await deck.getByRole('menuitem', { name: 'Production' }).click()
  await expect(rows).toHaveCount(1)
  const download = deck.waitForEvent('download')
  await main.getByRole('button', { name: 'Views' }).click()
  await deck.getByRole('menuitem', { name: 'Save as CSV' }).click()
  const lines = (await readFile(await (await download).path(), 'utf8')).split('\r\n')
  expect(lines[0]).toContain('Memory (KiB)')
  expect(lines.slice(1)).toEqual([expect.stringMatching(/^web-01,Down,/), ''])
})

test('pausing, saving and starting again go through the page', onEverySystem, async ({ deck, lab }) => {
  const { host } = lab
  await host.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
  await host.virsh(['start', 'web-01'])
  const node = deck.getByRole('treeitem', { name: 'web-01' })
  await node.click()
  const main = deck.getByRole('main')
  await main.getByRole('button', { name: 'Pause', exact: true }).click()
  const question = deck.getByRole('dialog', { name: 'Pause web-01?' })
  await question.getByRole('button', { name: 'Pause', exact: true }).click()
  await expect(node.getByRole('img', { name: 'Paused', exact: true })).toBeVisible()
  expect((await host.virsh(['domstate', 'web-01'])).stdout.trim()).toBe('paused')
  await main.getByRole('button', { name: 'Resume', exact: true }).click()
  await expect(node.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
  await main.getByRole('button', { name: 'More ways to stop' }).click()
  await deck.getByRole('menuitem', { name: 'Save' }).click()
  await expect(node.getByRole('img', { name: 'Suspended', exact: true })).toBeVisible()
  await main.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(node.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
})

test('powering off asks first', async ({ deck, lab }) => {
  const { host } = lab
  await host.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
  await host.virsh(['start', 'web-01'])
  const node = deck.getByRole('treeitem', { name: 'web-01' })
  await node.click()
  const powerOff = async (): Promise<void> => {
    await deck.getByRole('main').getByRole('button', { name: 'More ways to stop' }).click()
    await deck.getByRole('menuitem', { name: 'Power off' }).click()
  }
  await powerOff()
  await deck.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  expect((await host.virsh(['domstate', 'web-01'])).stdout.trim()).toBe('running')
  await powerOff()
  await deck.getByRole('dialog').getByRole('button', { name: 'Power off' }).click()
  await expect(node.getByRole('img', { name: 'Down', exact: true })).toBeVisible()
})

test('several machines are started and stopped with one question, which says who is left out', async ({
  deck,
  lab,
}) => {
  const { host } = lab
  for (const name of ['web-01', 'web-02', 'web-03']) await host.defineVm(guestXml({ name, boots: 'firmware' }))
  await host.virsh(['start', 'web-01'])
  await deck.getByRole('treeitem', { name: 'node1.lab' }).click()
  await deck.getByRole('tab', { name: /Machines/ }).click()
  const list = deck.getByRole('region', { name: 'Machines' })
  await list.getByRole('row', { name: /^web-01/ }).focus()
  await deck.keyboard.press('Control+a')
  await list.getByRole('button', { name: 'Start (2 of 3)' }).click()
  const question = deck.getByRole('dialog', { name: 'Start 2 machines?' })
  await expect(question).toContainText('already up: 1 web-01')
  await question.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(deck.getByText('Start: 2 of 2 done')).toBeVisible()
  for (const name of ['web-02', 'web-03']) {
    expect((await host.virsh(['domstate', name])).stdout.trim()).toBe('running')
  }
  // One question and two calls: nothing was sent that could only be refused.
  await deck.getByRole('tab', { name: 'Events' }).last().click()
  await expect(deck.getByRole('grid', { name: 'Events' }).getByText('failed')).toHaveCount(0)
})

test('a machine is started with the keyboard alone', async ({ deck, lab }) => {
  await lab.host.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
  await expect(deck.getByRole('treeitem', { name: 'web-01' })).toBeVisible()
  await deck.keyboard.press('Control+k')
  await deck.keyboard.type('web-01')
  await expect(deck.getByRole('option', { name: /web-01/ }).first()).toBeVisible()
  await deck.keyboard.press('Enter')
  await expect(deck.getByRole('heading', { name: 'web-01' })).toBeVisible()
  await deck.getByRole('treeitem', { name: 'web-01' }).focus()
  await deck.keyboard.press('Shift+F10')
  await expect(deck.getByRole('menuitem', { name: 'Start', exact: true })).toBeVisible()
  await deck.keyboard.type('start')
  await deck.keyboard.press('Enter')
  await expect(
    deck.getByRole('treeitem', { name: 'web-01' }).getByRole('img', { name: 'Up', exact: true }),
  ).toBeVisible()
})

test('an action that fails says what happened, and the technical cause is at hand', async ({ deck, lab }) => {
  const broken = "<disk type='file' device='disk'><source file='/mnt/gone.qcow2'/><target dev='hda' bus='ide'/></disk>"
  await lab.host.defineVm(guestXml({ name: 'broken', boots: 'firmware', devices: broken }))
  await deck.getByRole('treeitem', { name: 'broken' }).click()
  await deck.getByRole('main').getByRole('button', { name: 'Start', exact: true }).click()
  const failure = deck.getByRole('list', { name: 'What failed' })
  await expect(failure).toContainText('broken')
  await failure.getByText('Technical details').first().click()
  await expect(failure).toContainText('gone.qcow2')
  // The lists say why, too; a host's events are also those of its machines; and nobody connected a host from outside.
  const dock = deck.getByRole('region', { name: 'Tasks and events' })
  await expect(dock.getByRole('row', { name: /broken/ })).toContainText('gone.qcow2')
  await deck.getByRole('treeitem', { name: 'node1.lab' }).click()
  await deck.getByRole('main').getByRole('tab', { name: 'Events', exact: true }).first().click()
  const events = deck.getByRole('tabpanel', { name: 'Events' }).getByRole('grid', { name: 'Events' })
  await expect(events.getByRole('row', { name: /broken.*Start: failed/ })).toContainText('gone.qcow2')
  await expect(events.getByRole('row', { name: /The host is connected/ })).not.toContainText('outside')
})

test('a snapshot is taken from the page, described, gone back to and removed', async ({ deck, lab }, testInfo) => {
  const { host } = lab
  const path = '/var/lib/libvirt/images/kept.qcow2'
  await host.exec(`mkdir -p /var/lib/libvirt/images && qemu-img create -q -f qcow2 ${path} 8M`)
  const disk = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk>`
  await host.defineVm(guestXml({ name: 'web-01', boots: 'firmware', devices: disk }))
  await deck.getByRole('treeitem', { name: 'web-01' }).click()
  const main = deck.getByRole('main')
  await main.getByRole('tab', { name: 'Snapshots' }).click()
  await main.getByRole('button', { name: 'Take snapshot' }).click()
  const dialog = deck.getByRole('dialog')
  // What it will stand in the way of is said before.
  await expect(dialog).toContainText('it cannot be migrated')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('before')
  await dialog.getByRole('button', { name: 'Take snapshot' }).click()
  await expect(dialog).toHaveCount(0)
  const row = main.getByRole('row', { name: /before/ })
  await expect(row).toContainText('inside the images')
  await expect(row).toContainText('current')
  await testInfo.attach('snapshots', { body: await deck.screenshot(), contentType: 'image/png' })
  const choose = async (entry: string) => {
    await row.getByRole('button', { name: 'Actions: before' }).click()
    await deck.getByRole('menuitem', { name: entry }).click()
  }
  await choose('Edit description…')
  await dialog.getByRole('textbox', { name: 'Description' }).fill('kernel 6.1')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(row).toContainText('kernel 6.1')
  await choose('Revert…')
  await dialog.getByRole('button', { name: 'Revert' }).click()
  await expect(dialog).toHaveCount(0)
  await choose('Remove…')
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await expect(main.getByText('No snapshots')).toBeVisible()
  expect((await host.virsh(['snapshot-list', '--name', 'web-01'])).stdout.trim()).toBe('')
  await host.exec(`rm -f ${path}`)
})
