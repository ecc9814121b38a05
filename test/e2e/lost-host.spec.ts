import { guestXml } from '../lab/guest-xml.ts'
import { addLabHost } from './add-lab-host.ts'
import { expect, onEverySystem, test } from './fixture.ts'

test.beforeEach(async ({ lab, app }) => {
  await lab.host.resetVms()
  await lab.host.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
  await lab.host.virsh(['start', 'web-01'])
  await addLabHost(app, lab.host)
})

test(
  'libvirtd dies: the machine is unknown and its values have an age; it comes back by itself',
  onEverySystem,
  async ({ deck, lab }) => {
    const node = deck.getByRole('treeitem', { name: 'web-01' })
    await expect(node.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
    await node.click()
    const cpu = deck.getByRole('region', { name: 'CPU' })
    await expect(cpu.getByRole('slider')).toBeVisible()
    await lab.host.killLibvirtd()
    try {
      await expect(node.getByRole('img', { name: 'Unknown · was Up', exact: true })).toBeVisible()
      await expect(deck.getByRole('main')).toContainText(/as of|ago/i)
      // what it was then is told, and its plots stay
      await expect(deck.getByRole('main')).toContainText('the status of this machine was: Up')
      await expect(cpu.getByRole('slider')).toBeVisible()
      await expect(deck.getByRole('main').getByRole('button', { name: 'Shut down', exact: true })).toBeDisabled()
    } finally {
      await lab.host.startLibvirtd()
    }
    await expect(node.getByRole('img', { name: 'Up', exact: true })).toBeVisible({ timeout: 60_000 })
  },
)

test('sshd dies with its sessions: stale, then back by itself', async ({ deck, lab }) => {
  const host = deck.getByRole('treeitem', { name: 'node1.lab' })
  const node = deck.getByRole('treeitem', { name: 'web-01' })
  await expect(node.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
  await lab.host.killSshd()
  try {
    await expect(host.getByRole('img', { name: /^Connecting/ })).toBeVisible()
    await expect(node.getByRole('img', { name: 'Unknown · was Up', exact: true })).toBeVisible()
    await host.click()
    const ran = deck.getByRole('list', { name: 'Ran when the host was last heard' })
    await expect(ran.getByRole('button', { name: 'web-01' })).toBeVisible()
    // what happens meanwhile is seen when the host is back
    await lab.host.virsh(['destroy', 'web-01'])
  } finally {
    await lab.host.startSshd()
  }
  await expect(node.getByRole('img', { name: 'Down', exact: true })).toBeVisible({ timeout: 60_000 })
})
