import { guestXml } from '../lab/guest-xml.ts'
import { addLabHost } from './add-lab-host.ts'
import { expect, test } from './fixture.ts'

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
  await expect(question).toContainText('Still running on node1.lab (1): busy')
  // The button that cannot be pressed any more had the focus: the keyboard must still reach the dialog.
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused()
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
