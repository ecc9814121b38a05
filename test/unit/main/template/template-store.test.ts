import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src/main/engine/index.ts'
import { openInventory } from '../../../../src/main/inventory/index.ts'
import { TemplateStore } from '../../../../src/main/template/template-store.ts'
import type { DatacenterId, TemplateDefinition, TemplateId } from '../../../../src/shared/domain/index.ts'
import { isAppError } from '../../../../src/shared/errors/index.ts'
import { guid } from '../../renderer/invented.ts'
import { createTemporaryFolder } from '../inventory/temporary-folder.ts'

const idOf = (number: number) => guid(8, number) as TemplateId

async function open(dataDir: string) {
  const inventory = await openInventory({ dataDir, clock: systemClock })
  let changes = 0
  const onChange = () => {
    changes += 1
  }
  const store = new TemplateStore({ inventory, clock: systemClock, onChange })
  await store.load()
  return { inventory, store, changes: () => changes }
}

const made = (number: number, datacenterId: DatacenterId, baseId = idOf(number)) =>
  ({
    id: idOf(number),
    datacenterId,
    baseId,
    versionName: '',
    name: 'web',
    description: '',
    sealed: true,
    hardware: {
      memoryMiB: 64,
      vcpus: 1,
      operatingSystem: null,
      architecture: null,
      machineType: null,
      firmware: null,
      tpm: false,
      clock: null,
      video: null,
      nics: [{ user: true, linkUp: true }],
    },
    disks: [],
    createdFrom: 'web',
  }) satisfies Omit<TemplateDefinition, 'version' | 'revision' | 'createdAt'>

describe('the templates that are stored', () => {
  test('count their versions, are renamed together, and are there after a restart', async () => {
    const folder = await createTemporaryFolder()
    const first = await open(folder)
    const [datacenter] = await first.inventory.datacenters.fetchAll()
    const datacenterId = datacenter?.id as DatacenterId
    await first.store.add(made(1, datacenterId))
    await first.store.add(made(2, datacenterId, idOf(1)))
    await first.store.add(made(2, datacenterId, idOf(1)))
    expect([...first.store.records.values()].map(({ version }) => version)).toEqual([1, 2])
    await first.store.edit(idOf(2), { name: 'shop', versionName: 'two' }, { user: 'kim', base: 1 })
    const refusal = first.store.edit(idOf(2), { description: 'late' }, { user: 'lee', base: 1 })
    await expect(refusal).rejects.toSatisfy((error) => isAppError(error, 'template.changed-meanwhile'))
    const kept = [...first.store.records.values()]
    await first.inventory.close()

    const second = await open(folder)
    expect([...second.store.records.values()]).toEqual(kept)
    expect(kept).toMatchObject([
      { name: 'shop', versionName: '', revision: 1 },
      { name: 'shop', versionName: 'two', revision: 2, sealed: true },
    ])
    await second.store.remove(idOf(1))
    await second.store.remove(idOf(1))
    // The number of a version is not given twice while a later one is there.
    await second.store.add(made(3, datacenterId, idOf(1)))
    expect(second.store.records.get(idOf(3))?.version).toBe(3)
    const before = second.changes()
    second.store.forgetDatacenter(datacenterId)
    expect([second.store.records.size, second.changes()]).toEqual([0, before + 1])
    await second.inventory.close()
  })
})
