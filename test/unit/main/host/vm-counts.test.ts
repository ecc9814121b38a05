import { expect, it } from 'vitest'
import { VmCounts } from '../../../../src/main/host/vm-counts.ts'
import type { DomainRecord } from '../../../../src/main/hosts/index.ts'
import { HOST_A, makeRecord } from '../vm/make-model.ts'

/** The domains of a host, counting how often somebody looks at one. */
class CountingDomains extends Map<string, DomainRecord> {
  looks = 0

  override get(uuid: string) {
    this.looks += 1
    return super.get(uuid)
  }

  override *values(): MapIterator<DomainRecord> {
    for (const record of super.values()) {
      this.looks += 1
      yield record
    }
  }
}

it('counts the machines of a host by what changed, however many it has', () => {
  const domains = new CountingDomains()
  const link = { id: HOST_A, domains }
  const counts = new VmCounts()
  for (let index = 0; index < 1_000; index += 1) domains.set(`${index}`, makeRecord({ state: 'shut-off' }))
  expect(counts.update(link, domains.keys())).toBe(true)
  expect(counts.of(HOST_A)).toEqual({ vmCount: 1_000, runningVmCount: 0 })
  domains.looks = 0
  domains.set('7', makeRecord({ state: 'running' }))
  expect(counts.update(link, ['7'])).toBe(true)
  expect(counts.update(link, ['7'])).toBe(false)
  expect(counts.of(HOST_A)).toEqual({ vmCount: 1_000, runningVmCount: 1 })
  domains.delete('7')
  expect(counts.update(link, ['7'])).toBe(true)
  expect(counts.of(HOST_A)).toEqual({ vmCount: 999, runningVmCount: 0 })
  expect(domains.looks).toBe(3)
  counts.forget(HOST_A)
  expect(counts.of(HOST_A)).toEqual({ vmCount: 0, runningVmCount: 0 })
})
