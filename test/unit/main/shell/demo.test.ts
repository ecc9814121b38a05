import { expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../../../../src/main/engine/index.ts'
import { createAdministrator } from '../../../../src/main/shell/administrator.ts'
import { composeEngine } from '../../../../src/main/shell/compose.ts'
import { openDemo } from '../../../../src/main/shell/open-demo.ts'
import type { CommandInput, CommandName } from '../../../../src/shared/contract/index.ts'
import { createTemporaryFolder, openForTest } from '../inventory/temporary-folder.ts'

test('the demo fills an empty inventory with hosts whose machines can be moved, and with no other hosts', async () => {
  const demo = await openDemo()
  const complaints: string[] = []
  const log = { ...silentLog, error: (_fields: object, message: string) => void complaints.push(message) }
  const composed = await composeEngine({
    inventory: await openForTest(await createTemporaryFolder()),
    shell: 'server',
    version: '0.0.0',
    log,
    canSignOut: false,
    stopGraceMs: 1_000,
    simulation: demo.simulation,
  })
  onTestFinished(() => composed.stop())
  const identity = createAdministrator('ann')
  const dispatch = <N extends CommandName>(command: N, input: CommandInput<N>) =>
    composed.engine.dispatch(identity, command, input)
  const model = () => {
    composed.topics.flush()
    return composed.topics.model()
  }
  await demo.seed(composed, identity, log)
  // An engine that is started anew finds them.
  await demo.seed(composed, identity, log)

  const { datacenters, clusters, hosts, vms, networks } = model()
  expect([...datacenters.values()].map(({ name }) => name)).toEqual(['Demo'])
  expect([...clusters.values()].map(({ name }) => name).sort()).toEqual(['Production', 'Staging'])
  expect([...hosts.values()].map(({ name, status }) => `${name} ${status}`).sort()).toEqual(
    [1, 2, 3, 4, 5, 6].map((number) => `kvm${number} up`),
  )
  expect(vms.size).toBe(60)
  expect([...networks.values()].map(({ name }) => name)).toEqual(expect.arrayContaining(['servers', 'dmz', 'lab']))
  const [{ entities }] = [await composed.engine.fetchTopic(identity, { topic: 'session' })]
  expect(entities).toMatchObject([{ isSimulated: true, localSocket: null }])

  const vm = vms.where('name', 'web-01')[0]
  const target = [...hosts.values()].find(({ name }) => name === 'kvm2')
  if (vm === undefined || target === undefined) throw new Error('the demo lacks web-01 or kvm2')
  expect(vm).toMatchObject({ status: 'up', tags: ['shop'], guestAgent: 'connected' })
  expect(await dispatch('vm.migrate', { vmId: vm.id, hostId: target.id })).toMatchObject({
    ok: true,
    value: { hostId: target.id, downtimeMs: 45 },
  })
  expect(model().vms.get(vm.id)).toMatchObject({ hostId: target.id, status: 'up' })

  const { clusterId } = target
  const real = await dispatch('host.add', { address: 'kvm.example.org', user: 'root', clusterId })
  expect(real).toMatchObject({ ok: false, error: { code: 'host.simulated', params: { hint: 'unknown' } } })
  const local = await dispatch('host.add', { transport: 'local', address: 'localhost', clusterId })
  expect(local).toMatchObject({ ok: false, error: { code: 'host.simulated' } })
  expect(complaints).toEqual([])
})
