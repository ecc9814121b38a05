import { expect, test, vi } from 'vitest'
import { silentLog } from '../../../../src/main/engine/index.ts'
import type { DomainEvent, DomainRecord, HostChange, HostRegistry } from '../../../../src/main/hosts/index.ts'
import type { DefinitionDrift, VmDefinitionRecord } from '../../../../src/main/inventory/index.ts'
import { startDefinitionKeeper } from '../../../../src/main/vm/definition-keeper.ts'
import type { VmId } from '../../../../src/shared/domain/index.ts'
import { HOST_A, makeRecord, VM_ID } from './make-model.ts'

const OTHER = 'dddddddd-0000-4000-8000-000000000004' as VmId

/** A keeper of one host, whose domains, state and answers are in the test's hands. */
function startKeeper(remembered: readonly VmId[] = []) {
  const domains = new Map<string, DomainRecord>()
  const writes: VmId[] = []
  const heard: { readonly vmId: VmId; readonly told: boolean }[] = []
  const forgotten: VmId[] = []
  const stored = new Map<VmId, string>(remembered.map((vmId) => [vmId, '<old/>']))
  const drifts = new Map<VmId, DefinitionDrift>()
  const link = {
    isLive: true,
    domains,
    control: () => ({ call: readXml }),
  }
  const readXml = vi.fn(async () => ({ xml: '<domain/>' }))
  let tell: (change: HostChange) => void = () => undefined
  const timers: { delayMs: number; action: () => void }[] = []
  let timersSet = 0
  const keeper = startDefinitionKeeper({
    hosts: {
      find: () => link,
      onChange: (listener: (change: HostChange) => void) => {
        tell = listener
        return () => undefined
      },
    } as unknown as HostRegistry,
    definitions: {
      fetchForHost: async () => [...stored].map(([vmId, xml]) => ({ vmId, xml }) as VmDefinitionRecord),
      merge: async (batch, decide) => {
        writes.push(...batch.map(({ vmId }) => vmId))
        return batch.map((read) => {
          const { hostId, vmId, name } = read
          const xml = stored.get(vmId)
          const known = { hostId, vmId, name, readAt: 0, drift: drifts.get(vmId) ?? null }
          const drift = decide(xml === undefined ? null : { ...known, xml }, read)
          if (drift === null) drifts.delete(vmId)
          else drifts.set(vmId, drift)
          stored.set(vmId, read.xml)
          return { hostId, vmId, name, revision: 1, drift }
        })
      },
      remove: async (_hostId, vmIds) => {
        for (const vmId of vmIds) stored.delete(vmId)
      },
    },
    listener: {
      onKept: (kept, isTold) => heard.push(...kept.map(({ vmId }) => ({ vmId, told: isTold(vmId) }))),
      onForgotten: (_hostId, vmIds) => forgotten.push(...vmIds),
    },
    clock: {
      now: () => 0,
      monotonicMs: () => 0,
      after: (delayMs, action) => {
        const timer = { delayMs, action }
        timers.push(timer)
        timersSet += 1
        return () => {
          if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1)
        }
      },
    },
    log: silentLog,
  })
  return {
    link,
    stored,
    drifts,
    writes,
    heard,
    forgotten,
    readXml,
    ...keeper,
    timersSet: () => timersSet,
    delaysMs: () => timers.map(({ delayMs }) => delayMs),
    list: (...uuids: VmId[]) => {
      for (const uuid of uuids) domains.set(uuid, makeRecord({ uuid, persistent: true }))
      tell({ kind: 'domains', hostId: HOST_A, uuids })
    },
    redefine: (uuid: VmId) => {
      const event = { kind: 'domain-lifecycle', event: 'defined', detail: 1, domain: { name: 'web', uuid, id: -1 } }
      tell({ kind: 'event', hostId: HOST_A, event: event as DomainEvent, before: null })
    },
    changeQuietly: (uuid: VmId) => tell({ kind: 'definition', hostId: HOST_A, uuid }),
    goAway: () => {
      link.isLive = false
      tell({ kind: 'state', hostId: HOST_A })
      link.isLive = true
    },
    /** Lets the pause end, and waits for what it began. */
    settle: async () => {
      timers.shift()?.action()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

test('a new domain is kept after a pause, and not read again by the next change of something else', async () => {
  const keeper = startKeeper()
  keeper.list(VM_ID)
  expect(keeper.stored.size).toBe(0)
  await keeper.settle()
  expect([...keeper.stored]).toEqual([[VM_ID, '<domain/>']])
  keeper.list(VM_ID)
  expect(keeper.delaysMs()).toEqual([])
  await keeper.stop()
})

test('what was undefined while nobody looked is forgotten with the first list, even an empty one', async () => {
  const keeper = startKeeper([VM_ID, OTHER])
  keeper.list(VM_ID)
  await keeper.settle()
  expect([...keeper.stored.keys()]).toEqual([VM_ID])
  await keeper.stop()
  const empty = startKeeper([VM_ID])
  empty.list()
  await empty.settle()
  expect(empty.stored.size).toBe(0)
  await empty.stop()
})

test('after its host was away everything is read anew: it may have been redefined meanwhile', async () => {
  const keeper = startKeeper()
  keeper.list(VM_ID)
  await keeper.settle()
  keeper.goAway()
  keeper.readXml.mockResolvedValue({ xml: '<redefined/>' })
  keeper.list(VM_ID)
  await keeper.settle()
  expect(keeper.stored.get(VM_ID)).toBe('<redefined/>')
  await keeper.stop()
})

test('what comes back as it was is read, but not written anew; nor is what an earlier engine wrote', async () => {
  const keeper = startKeeper([VM_ID])
  keeper.readXml.mockResolvedValue({ xml: '<old/>' })
  keeper.list(VM_ID)
  await keeper.settle()
  keeper.goAway()
  keeper.list(VM_ID)
  await keeper.settle()
  expect(keeper.readXml).toHaveBeenCalledTimes(2)
  expect(keeper.writes).toEqual([])
  await keeper.stop()
})

test('a redefinition again and again keeps nothing from being written: the first of a burst sets the time', async () => {
  const keeper = startKeeper()
  keeper.list(VM_ID, OTHER)
  for (let change = 0; change < 5; change++) keeper.redefine(OTHER)
  expect(keeper.timersSet()).toBe(1)
  await keeper.settle()
  expect(keeper.stored.size).toBe(2)
  keeper.redefine(OTHER)
  expect(keeper.delaysMs()).toEqual([2_000])
  await keeper.stop()
})

test('what could not be read is tried again later', async () => {
  const keeper = startKeeper()
  keeper.readXml.mockRejectedValueOnce(new Error('no answer'))
  keeper.list(VM_ID)
  await keeper.settle()
  expect(keeper.stored.size).toBe(0)
  expect(keeper.delaysMs()).toEqual([60_000])
  await keeper.settle()
  expect(keeper.delaysMs()).toEqual([2_000])
  await keeper.settle()
  expect(keeper.stored.get(VM_ID)).toBe('<domain/>')
  await keeper.stop()
})

test('a change without an event is read as well; who listens is told which changes no event told of', async () => {
  const keeper = startKeeper([VM_ID, OTHER])
  keeper.list(VM_ID)
  await keeper.settle()
  expect(keeper.forgotten).toEqual([OTHER])
  expect(keeper.heard).toEqual([{ vmId: VM_ID, told: false }])
  keeper.readXml.mockResolvedValue({ xml: '<redefined/>' })
  keeper.redefine(VM_ID)
  await keeper.settle()
  keeper.readXml.mockResolvedValue({ xml: '<quiet/>' })
  keeper.changeQuietly(VM_ID)
  await keeper.settle()
  expect(keeper.heard.slice(1).map(({ told }) => told)).toEqual([true, false])
  expect(keeper.stored.get(VM_ID)).toBe('<quiet/>')
  await keeper.stop()
})

const changeTo = (keeper: ReturnType<typeof startKeeper>, xml: string) =>
  keeper.changeOwn(HOST_A, VM_ID, async () => {
    keeper.readXml.mockResolvedValue({ xml })
  })

test('what we change ourselves is known; what is changed next door right after it is not', async () => {
  const keeper = startKeeper()
  keeper.list(VM_ID)
  await keeper.settle()
  await changeTo(keeper, '<ours/>')
  await keeper.settle()
  expect(keeper.stored.get(VM_ID)).toBe('<ours/>')
  await changeTo(keeper, '<again/>')
  keeper.readXml.mockResolvedValue({ xml: '<theirs/>' })
  keeper.redefine(VM_ID)
  expect(keeper.drifts.size).toBe(0)
  await keeper.settle()
  expect(keeper.stored.get(VM_ID)).toBe('<theirs/>')
  expect(keeper.drifts.get(VM_ID)).toMatchObject({ knownXml: '<again/>' })
  await keeper.stop()
})

test('what was changed next door right before our own change is still shown after it', async () => {
  const keeper = startKeeper()
  keeper.list(VM_ID)
  await keeper.settle()
  keeper.readXml.mockResolvedValue({ xml: '<theirs/>' })
  keeper.redefine(VM_ID)
  await changeTo(keeper, '<ours/>')
  await keeper.settle()
  expect(keeper.stored.get(VM_ID)).toBe('<ours/>')
  expect(keeper.drifts.get(VM_ID)).toMatchObject({ knownXml: '<domain/>' })
  await keeper.stop()
})

test('nobody reads what we are just changing; a change that fails is read as well', async () => {
  const keeper = startKeeper()
  keeper.list(VM_ID)
  await keeper.settle()
  let fail: (error: Error) => void = () => undefined
  const begun = Promise.withResolvers<void>()
  const change = keeper.changeOwn(HOST_A, VM_ID, () => {
    begun.resolve()
    return new Promise<void>((_resolve, reject) => {
      fail = reject
    })
  })
  await begun.promise
  keeper.readXml.mockResolvedValue({ xml: '<half/>' })
  keeper.redefine(VM_ID)
  await keeper.settle()
  expect(keeper.stored.get(VM_ID)).toBe('<domain/>')
  fail(new Error('no'))
  await expect(change).rejects.toThrow('no')
  await keeper.settle()
  expect(keeper.stored.get(VM_ID)).toBe('<half/>')
  await keeper.stop()
})
