import { mkdir, writeFile } from 'node:fs/promises'
import type { Cluster, Network } from '../../src/shared/domain/index.ts'
import { guestXml } from '../lab/guest-xml.ts'
import type { LabHost } from '../lab/host.ts'
import { addLabHost, callEngine, readTopic } from './add-lab-host.ts'
import { expect } from './fixture.ts'
import { configure, test } from './ifupdown-lab.ts'
import { assembleMovingPicture, type Frame } from './moving-picture.ts'
import { picturesFolder } from './pictures.ts'

/*
 * The second lab of an oVirt course: two hosts, a migration network on their second NIC, and a machine with a web site that moves
 * and is there afterwards. Pictures of the documentation go into the test's results; with UPDATE_IMAGES=1 into docs/images.
 */

test.use({ viewport: { width: 1280, height: 720 } })

/**
 * The site answers, wherever its machine is. It is not asked while memory is being sent: under software emulation a guest that works meanwhile
 * may arrive with pages of before, and its kernel falls over them (seen with QEMU 7.2; KVM keeps its own account of what was written).
 */
async function answers(url: string): Promise<void> {
  const ask = async () => {
    try {
      return await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text()
    } catch (error) {
      if (!(error instanceof Error)) throw error
      return error.message
    }
  }
  await expect.poll(ask, { timeout: 90_000 }).toContain('the site stays up')
}

const runsOn = async (host: LabHost, name: string) =>
  (await host.exec(`LC_ALL=C virsh domstate ${name}`, { allowFailure: true })).stdout.trim() === 'running'

test('a web site is there after its machine was dragged to another host, over the migration network, and after it came back by keyboard', async ({
  lab,
  app,
  deck,
}) => {
  test.slow()
  const hosts = lab.hosts as [LabHost, LabHost]
  const [one, two] = hosts
  const ids: string[] = []
  for (const host of hosts) {
    await host.resetVms()
    await configure(host)
    ids.push(await addLabHost(app, host))
  }
  const [cluster] = await readTopic<Cluster>(app, 'clusters')
  const [management] = await readTopic<Network>(app, 'networks')
  const { datacenterId, id: clusterId } = cluster as Cluster
  const { networkId } = (await callEngine(app, 'network.create', { datacenterId, name: 'migration' })) as {
    networkId: string
  }
  await callEngine(app, 'cluster.attach-network', { clusterId, networkId, roles: ['migration'], required: false })
  for (const [index, host] of hosts.entries()) {
    const address = (value: string) => ({ method: 'static', address: value, prefix: 24 })
    await callEngine(app, 'host.setup-networks', {
      hostId: ids[index],
      attachments: [
        { networkId: management?.id, nic: 'eth0', ipv4: address(host.address) },
        { networkId, nic: 'eth1', ipv4: address(host.migrationAddress) },
      ],
    })
  }
  const guestAddress = one.address.replace(/\d+$/, (last) => String(100 + Number(last)))
  const card = "<interface type='bridge'><source bridge='ovirtmgmt'/><model type='virtio'/></interface>"
  await one.defineVm(guestXml({ name: 'shop', guestAddress, devices: card }))
  await one.virsh(['start', 'shop'])
  const machine = deck.getByRole('treeitem', { name: 'shop' })
  const target = deck.getByRole('treeitem', { name: two.name })
  await expect(machine.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
  const site = `http://${guestAddress}/`
  await answers(site)

  const frames: Frame[] = []
  const film = async (forMs: number) =>
    frames.push({ png: await deck.screenshot({ animations: 'disabled', scale: 'css' }), forMs })
  await machine.click()
  await expect(deck.getByRole('heading', { name: 'shop' })).toBeVisible()
  await film(1_200)
  await machine.hover()
  await deck.mouse.down()
  await target.hover()
  await target.hover()
  await expect(target).toHaveAttribute('data-migrate', /fits|warning/)
  await film(1_400)
  await deck.mouse.up()
  const dialog = deck.getByRole('dialog', { name: 'Migrate shop' })
  await expect(dialog.getByRole('radio', { name: two.name })).toBeChecked()
  await film(1_400)
  await dialog.getByRole('button', { name: 'Migrate', exact: true }).click()
  await film(600)
  await expect(dialog).toHaveCount(0, { timeout: 90_000 })
  await expect(machine.getByRole('img', { name: 'Up', exact: true })).toBeVisible()
  await film(2_000)
  expect([await runsOn(one, 'shop'), await runsOn(two, 'shop')]).toEqual([false, true])
  await expect(deck.getByRole('row', { name: /Migrate.*shop.*Done/ }).first()).toBeVisible()
  await answers(site)

  await machine.focus()
  await deck.keyboard.press('Shift+F10')
  await deck.getByRole('menuitem', { name: 'Migrate…' }).press('Enter')
  await dialog.getByRole('radio', { name: one.name }).press('Space')
  await dialog.getByRole('radio', { name: one.name }).press('Enter')
  await expect(dialog).toHaveCount(0, { timeout: 90_000 })
  expect([await runsOn(one, 'shop'), await runsOn(two, 'shop')]).toEqual([true, false])
  await answers(site)
  await mkdir(picturesFolder, { recursive: true })
  await writeFile(`${picturesFolder}/migration.png`, assembleMovingPicture(frames))
})
