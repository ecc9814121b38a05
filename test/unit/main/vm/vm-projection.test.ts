import { expect, test } from 'vitest'
import { createTopicRegistry, silentLog } from '../../../../src/main/engine/index.ts'
import type { DomainRecord, HostChange, HostRegistry } from '../../../../src/main/hosts/index.ts'
import { StatusTimes } from '../../../../src/main/vm/status-times.ts'
import { VmProjection } from '../../../../src/main/vm/vm-projection.ts'
import { ManualClock } from '../engine/manual-clock.ts'
import { HOST_A, makeRecord, VM_ID } from './make-model.ts'

/** The projection of one host, whose domains and state are in the test's hands. */
function project() {
  const clock = new ManualClock()
  const domains = new Map<string, DomainRecord>()
  const state = { definition: { name: 'a' }, stale: false, asOf: null as number | null }
  const link = { id: HOST_A, isLive: true, domains, state }
  let tell: (change: HostChange) => void = () => undefined
  const hosts = {
    find: () => link,
    list: () => [link],
    onChange: (listener: (change: HostChange) => void) => {
      tell = listener
      return () => undefined
    },
  } as unknown as HostRegistry
  const vms = createTopicRegistry({ epoch: 'e', clock, log: silentLog }).collection('vms')
  const times = new StatusTimes({ hosts, known: [], store: null, clock, log: silentLog })
  const projection = new VmProjection({ hosts, vms, times, clock })
  return {
    clock,
    projection,
    vm: () => vms.entities.get(VM_ID),
    set: (changes: Partial<DomainRecord>) => {
      domains.set(VM_ID, makeRecord(changes))
      tell({ kind: 'domains', hostId: HOST_A, uuids: [VM_ID] })
    },
    lose: () => {
      link.isLive = false
      Object.assign(state, { stale: true, asOf: clock.now() })
      tell({ kind: 'state', hostId: HOST_A })
    },
    shiftStamps: (deltaMs: number) => {
      projection.shiftStamps(deltaMs)
      state.asOf = state.asOf === null ? null : state.asOf + deltaMs
      tell({ kind: 'state', hostId: HOST_A })
    },
  }
}

test('a guest that was asked to shut down and did not has been up all the time', () => {
  const { clock, projection, set, vm } = project()
  set({})
  const since = clock.now()
  clock.advance(60_000)
  const end = projection.transitions.begin(VM_ID, 'powering-down', 300_000)
  expect(vm()).toMatchObject({ status: 'powering-down', statusSince: since + 60_000 })
  clock.advance(60_000)
  end()
  expect(vm()).toMatchObject({ status: 'up', statusSince: since, statusSinceExact: true })
})

test('ages stay what they are when the clock is set, also those of a lost host', () => {
  const { clock, set, lose, shiftStamps, vm } = project()
  set({})
  clock.advance(60_000)
  clock.setBack(600_000)
  shiftStamps(-600_000)
  expect(clock.now() - (vm()?.statusSince ?? 0)).toBe(60_000)
  lose()
  clock.advance(5_000)
  clock.setBack(600_000)
  shiftStamps(-600_000)
  expect(vm()).toMatchObject({ status: 'unknown', stale: true })
  expect(clock.now() - (vm()?.statusSince ?? 0)).toBe(5_000)
  expect(clock.now() - (vm()?.asOf ?? 0)).toBe(5_000)
})
