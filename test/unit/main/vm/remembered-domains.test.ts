import { expect, test, vi } from 'vitest'
import { silentLog } from '../../../../src/main/engine/index.ts'
import type { DomainRecord, HostRegistry } from '../../../../src/main/hosts/index.ts'
import { createRememberedDomains } from '../../../../src/main/vm/remembered-domains.ts'
import { parseDomain } from '../../../../src/main/xml/index.ts'
import type { VmId } from '../../../../src/shared/domain/index.ts'
import { HOST_A } from './make-model.ts'

const vmIdOf = (number: number) => `dddddddd-0000-4000-8000-${String(number).padStart(12, '0')}` as VmId

/** So many machines stored of one host; the XML of those in `broken` cannot be read. */
function createRemembered(count: number, broken: readonly number[] = []) {
  const stored = Array.from({ length: count }, (_, number) => {
    const [vmId, name] = [vmIdOf(number), `vm-${number}`]
    const xml = broken.includes(number)
      ? '<domain'
      : `<domain><name>${name}</name><uuid>${vmId}</uuid><vcpu>3</vcpu></domain>`
    return { hostId: HOST_A, vmId, name, xml, readAt: 7 }
  })
  const shown = new Map<string, DomainRecord>()
  const show = (_hostId: unknown, records: readonly DomainRecord[]) => {
    for (const record of records) shown.set(record.uuid, record)
  }
  const parse = vi.fn(parseDomain)
  const remembered = createRememberedDomains({
    hosts: { list: () => [{ id: HOST_A }] } as unknown as Pick<HostRegistry, 'list'>,
    projection: { remember: show, refineRemembered: show },
    definitions: { fetchNamesForHost: async () => stored, fetchForHost: async () => stored },
    log: silentLog,
    parse,
  })
  return { remembered, shown, parse }
}

test('all machines are known by name before a single definition is parsed; then each is parsed once', async () => {
  const { remembered, shown, parse } = createRemembered(10_000)
  await remembered.remember()
  expect(parse).not.toHaveBeenCalled()
  expect(shown.size).toBe(10_000)
  expect(shown.get(vmIdOf(9_999))).toMatchObject({ name: 'vm-9999', state: 'unknown', definition: { vcpus: 0 } })
  await vi.waitFor(() => expect(shown.get(vmIdOf(9_999))?.definition.vcpus).toBe(3), 20_000)
  expect(parse).toHaveBeenCalledTimes(10_000)
})

test('the engine has its turn between the definitions, and parsing ends when it stops', async () => {
  const { remembered, parse } = createRemembered(10_000)
  await remembered.remember()
  await vi.waitFor(() => expect(parse).toHaveBeenCalled(), { interval: 1 })
  const parsed = parse.mock.calls.length
  expect(parsed).toBeLessThan(10_000)
  await remembered.stop()
  expect(parse.mock.calls.length).toBe(parsed)
})

test('a definition that cannot be read leaves the machine known by its name, and says so', async () => {
  const { remembered, shown } = createRemembered(2, [0])
  await remembered.remember()
  await vi.waitFor(() => expect(shown.get(vmIdOf(0))?.definitionError?.code).toBe('vm.definition-unreadable'))
  expect(shown.get(vmIdOf(0))?.name).toBe('vm-0')
  expect(shown.get(vmIdOf(1))).toMatchObject({ definition: { vcpus: 3 }, definitionError: null })
})
