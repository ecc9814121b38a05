import { describe, expect, test } from 'vitest'
import { silentLog } from '../../../../src/main/engine/index.ts'
import type { HostRegistry } from '../../../../src/main/hosts/index.ts'
import type { VmStatusRecord } from '../../../../src/main/inventory/index.ts'
import { StatusTimes } from '../../../../src/main/vm/status-times.ts'
import type { VmId } from '../../../../src/shared/domain/index.ts'
import { ManualClock, settle, YEAR_2036 } from '../engine/manual-clock.ts'
import { HOST_A, HOST_B, VM_ID } from './make-model.ts'

const UP = { vmId: VM_ID, hostId: HOST_A, status: 'up', domainId: 7 } as const
const DOWN = { vmId: VM_ID, hostId: HOST_A, status: 'down', domainId: null } as const
const OTHER_VM_ID = 'dddddddd-0000-4000-8000-000000000004' as VmId
const MINUTE_MS = 60_000

function createTimes(known: readonly VmStatusRecord[] = []) {
  const clock = new ManualClock()
  const stored = new Map(known.map((record) => [record.vmId, record]))
  const saves: number[] = []
  const state = { failure: null as Error | null }
  const times = new StatusTimes({
    hosts: { find: () => ({}) } as unknown as HostRegistry,
    known,
    store: {
      save: async (records, removed) => {
        if (state.failure !== null) throw state.failure
        saves.push(records.length)
        for (const record of records) stored.set(record.vmId, record)
        for (const vmId of removed) stored.delete(vmId)
      },
    },
    clock,
    log: silentLog,
  })
  const start = clock.now()
  return { times, clock, stored, saves, state, start }
}

describe('while its host is watched', () => {
  test('a status lasts from the moment in which it came, also across a migration', () => {
    const { times, clock, start } = createTimes()
    expect(times.see(DOWN)).toMatchObject({ since: start, exact: true })
    clock.advance(MINUTE_MS)
    expect(times.see(UP)).toMatchObject({ since: start + MINUTE_MS, exact: true })
    clock.advance(MINUTE_MS)
    expect(times.see({ ...UP, hostId: HOST_B, domainId: 1 })).toMatchObject({ since: start + MINUTE_MS })
    // Stopped and started between two looks: another run.
    expect(times.see({ ...UP, hostId: HOST_B, domainId: 2 })).toMatchObject({ since: start + 2 * MINUTE_MS })
  })
})

describe('after a gap', () => {
  test('the same run goes on, and so does a machine that stayed down', () => {
    for (const status of [UP, DOWN]) {
      const { times, clock, start } = createTimes()
      times.see(status)
      times.lose(VM_ID)
      clock.advance(MINUTE_MS)
      expect(times.see(status)).toMatchObject({ since: start, exact: true })
    }
  })

  test('another run, or one that was never seen, is only known to be there', () => {
    const { times, clock, start } = createTimes()
    times.see(UP)
    times.lose(VM_ID)
    clock.advance(MINUTE_MS)
    expect(times.see({ ...UP, domainId: 8 })).toMatchObject({ since: start + MINUTE_MS, exact: false })
  })

  test('the host’s word about the process tells since when, and unmasks another run with the same number', () => {
    const { times, clock, start } = createTimes()
    times.lose(VM_ID)
    times.see(UP)
    expect(times.learnAge(VM_ID, 'booted', 21 * MINUTE_MS)).toBe(true)
    expect(times.see(UP)).toMatchObject({ since: start - 21 * MINUTE_MS, exact: true })
    // The same start again, told a second apart.
    clock.advance(MINUTE_MS)
    expect(times.learnAge(VM_ID, 'booted', 22 * MINUTE_MS - 1_000)).toBe(false)
    // The host booted meanwhile: libvirt counts from the beginning again.
    expect(times.learnAge(VM_ID, 'booted', 5_000)).toBe(true)
    expect(times.see(UP)).toMatchObject({ since: start + MINUTE_MS - 5_000, exact: true })
  })

  test('a machine that was paused and runs on has not been up since its process began', () => {
    const { times, start } = createTimes()
    times.lose(VM_ID)
    times.see(UP)
    expect(times.learnAge(VM_ID, 'unpaused', 21 * MINUTE_MS)).toBe(false)
    expect(times.see(UP)).toMatchObject({ since: start, exact: false })
  })
})

describe('while the clock is set', () => {
  test('what was stamped by it moves with it; what an earlier run stored does not', async () => {
    const other = { ...UP, vmId: OTHER_VM_ID }
    const { times, clock, start, stored } = createTimes([{ ...other, since: 1_000, exact: true }])
    times.see(UP)
    times.see(other)
    clock.advance(MINUTE_MS)
    clock.setBack(600_000)
    times.shiftStamps(-600_000)
    expect(clock.now() - times.see(UP).since).toBe(MINUTE_MS)
    expect(times.see(other).since).toBe(1_000)
    await times.stop()
    expect(stored.get(VM_ID)?.since).toBe(start - 600_000)
  })
})

describe('across a restart of the engine', () => {
  test('what a clock that was ahead has stored counts as not known', () => {
    const { times, start } = createTimes([{ ...DOWN, since: YEAR_2036, exact: true }])
    expect(times.see(DOWN)).toMatchObject({ since: start, exact: false })
  })

  test('what was stored goes on, and what changes is stored together, without waiting for an end of the changes', async () => {
    const before: VmStatusRecord = { ...UP, since: 1_000, exact: true }
    const { times, clock, stored, saves } = createTimes([before])
    expect(times.see(UP)).toEqual(before)
    expect(clock.timerCount).toBe(0)
    for (let change = 0; change < 30; change++) {
      times.see(change % 2 === 0 ? DOWN : UP)
      clock.advance(1_000)
      await settle()
    }
    expect(saves.length).toBeGreaterThan(8)
    expect(saves.length).toBeLessThan(20)
    await times.stop()
    expect(stored.get(VM_ID)).toMatchObject({ status: 'up', since: clock.now() - 1_000 })
  })

  test('what could not be stored is stored later, and what is gone is forgotten', async () => {
    const { times, clock, stored, state } = createTimes()
    state.failure = new Error('disk full')
    times.see(UP)
    clock.advance(2_000)
    await settle()
    expect(stored.size).toBe(0)
    state.failure = null
    clock.advance(60_000)
    await settle()
    expect(stored.size).toBe(1)
    times.prune(HOST_A, () => false)
    await times.stop()
    expect(stored.size).toBe(0)
  })
})
