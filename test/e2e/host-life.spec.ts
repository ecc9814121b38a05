import { guestXml } from '../lab/guest-xml.ts'
import { press } from './add-host-dialog.ts'
import { addLabHost } from './add-lab-host.ts'
import { expect, expectAccessible, test } from './fixture.ts'
import { picture } from './pictures.ts'

test('a host is taken out of use with a reason, a shell is opened on it, and it is taken into use again', async ({
  deck,
  lab,
  app,
}) => {
  // What other tests left running would stand in the way of maintenance.
  await lab.host.resetVms()
  await addLabHost(app, lab.host)
  await deck.getByRole('treeitem', { name: /node1/ }).click()
  await lab.host.exec('echo "2026-11-28: error : made up" >> /var/log/libvirt/libvirtd.log')
  await deck.getByRole('tab', { name: 'Log' }).click()
  await expect(deck.getByRole('region', { name: 'Log' })).toContainText('error : made up')
  await lab.host.exec('echo "2026-11-28: error : made later" >> /var/log/libvirt/libvirtd.log')
  await expect(deck.getByRole('region', { name: 'Log' })).toContainText('error : made later')
  await deck.getByRole('tab', { name: 'Summary' }).click()
  const question = deck.getByRole('dialog')
  await lab.host.defineVm(guestXml({ name: 'busy', boots: 'firmware' }))
  await lab.host.virsh(['start', 'busy'])
  await expect(deck.getByRole('treeitem', { name: /busy/ }).getByRole('img', { name: 'Up' })).toBeVisible()
  await deck.getByRole('button', { name: 'Maintenance…' }).click()
  await expect(question.getByRole('alert')).toContainText('1 machine cannot go to any other host: busy')
  const decide = question.getByRole('button', { name: 'Put into maintenance' })
  await expect(decide).toBeDisabled()
  await question.getByLabel('Leave these running').check()
  await expect(decide).toBeEnabled()
  await deck.keyboard.press('Escape')
  await expect(question).toHaveCount(0)
  await lab.host.resetVms()
  await expect(deck.getByRole('treeitem', { name: /busy/ })).toHaveCount(0)
  await deck.getByRole('button', { name: 'Maintenance…' }).click()
  await expect(question).toContainText('Put node1.lab into maintenance?')
  await question.getByLabel(/Reason/).fill('new disks')
  await deck.keyboard.press('Enter')
  await expect(deck.getByText('new disks')).toBeVisible()
  await expect(deck.getByTestId('status-hosts')).toContainText('0 hosts up')

  const opening = deck.context().waitForEvent('page')
  await deck.getByRole('button', { name: 'All actions' }).click()
  await deck.getByRole('menuitem', { name: 'Shell…' }).click()
  const shell = await opening
  await expect(shell.locator('[data-phase=connected]')).toBeVisible()
  await shell.keyboard.type('echo answer-$((40+2))\n')
  await expect(shell.getByTestId('serial-terminal')).toContainText('answer-42')
  await shell.keyboard.type('exit\n')
  await expect(shell.getByText('The shell has ended')).toBeVisible()
  await shell.close()

  await deck.getByRole('button', { name: 'Activate' }).click()
  await expect(deck.getByTestId('status-hosts')).toContainText('1 host up')
  await expect(deck.getByText('new disks')).toHaveCount(0)
})

test('a network of a host is made, changed while it runs, stopped and removed from its page; its pools are listed', async ({
  deck,
  lab,
  app,
}) => {
  // dnsmasq and the firewall's rules take their time on a busy machine
  test.slow()
  await lab.host.resetVms()
  const clear = `virsh net-destroy lab-net; virsh net-undefine lab-net
    virsh pool-destroy lab-pool; virsh pool-undefine lab-pool; rm -rf /var/lib/lab-pool; true`
  await lab.host.exec(clear)
  await lab.host.exec(`mkdir -p /var/lib/lab-pool && virsh pool-define-as lab-pool dir --target /var/lib/lab-pool
    virsh pool-start lab-pool && virsh vol-create-as lab-pool own.qcow2 8M --format qcow2`)
  try {
    const id = await addLabHost(app, lab.host)
    await deck.goto(`${new URL(app.url).origin}/#/host/${id}/libvirt-networks`)
    const card = deck.getByRole('region', { name: 'libvirt networks' })
    await card.getByRole('button', { name: 'New network…' }).click()
    const dialog = deck.getByRole('dialog', { name: 'New libvirt network' })
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('lab-net')
    await dialog.getByRole('textbox', { name: 'IPv4 address' }).fill('10.98.9.1')
    await press(deck, 'Create')
    await expect(dialog.getByRole('textbox', { name: 'IPv4 address' })).toHaveAttribute('aria-invalid', 'true')
    await dialog.getByRole('textbox', { name: 'IPv4 address' }).fill('10.98.9.1/24')
    await dialog.getByRole('textbox', { name: 'DHCP ranges', exact: true }).fill('10.98.8.100 - 10.98.9.200')
    await press(deck, 'Create')
    await expect(dialog.getByRole('alert')).toContainText('lies outside 10.98.9.1/24')
    await dialog.getByRole('textbox', { name: 'DHCP ranges', exact: true }).fill('10.98.9.100 - 10.98.9.200')
    await expectAccessible(deck, 'new libvirt network')
    await press(deck, 'Create')
    const row = card.getByRole('row', { name: /lab-net/ })
    await expect(row.locator('[data-network-state=running]')).toBeVisible()
    await row.getByRole('button', { name: 'lab-net', exact: true }).click()

    const choose = async (action: string) => {
      await row.getByRole('button', { name: 'Actions for lab-net' }).click()
      await deck.getByRole('menuitem', { name: action, exact: true }).click()
    }
    await choose('Edit…')
    const edit = deck.getByRole('dialog', { name: 'Edit lab-net' })
    await edit.getByRole('textbox', { name: 'Fixed addresses', exact: true }).fill('52:54:00:98:09:01 web 10.98.9.11')
    await edit.getByRole('textbox', { name: 'MTU' }).fill('1400')
    await press(deck, 'Save')
    await expect(row.locator('[data-network-state=pending]')).toBeVisible()
    await expect(edit).toHaveCount(0)
    const details = deck.getByRole('region', { name: 'lab-net', exact: true })
    await expect(details).toContainText('when the network is started anew: MTU')
    await expect(deck.getByRole('region', { name: 'Addresses' })).toContainText('52:54:00:98:09:01')
    expect((await lab.host.virsh(['net-dumpxml', 'lab-net'])).stdout).toContain("ip='10.98.9.11'")
    await expectAccessible(deck, 'libvirt networks')
    await picture(deck, 'libvirt-networks')

    await choose('Stop')
    await expect(row.locator('[data-network-state=stopped]')).toBeVisible()
    // What is done next door is seen.
    await lab.host.virsh(['net-start', 'lab-net'])
    await expect(row.locator('[data-network-state=running]')).toBeVisible()
    await choose('Remove…')
    await press(deck, 'Remove')
    await expect(row).toHaveCount(0)

    await deck.getByRole('tab', { name: 'Storage', exact: true }).click()
    const pools = deck.getByRole('region', { name: 'Storage pools of this host' })
    await expect(pools.getByRole('row', { name: /lab-pool/ })).toContainText('/var/lib/lab-pool')
    await expect(deck.getByRole('region', { name: 'Volumes of lab-pool' })).toContainText('8 MiB')
    await expectAccessible(deck, 'storage of a host')
    await lab.host.virsh(['pool-destroy', 'lab-pool'])
    await expect(pools.getByRole('row', { name: /lab-pool/ })).toContainText('Stopped')
  } finally {
    await lab.host.exec(clear)
  }
})
