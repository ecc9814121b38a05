import { describe, expect, it } from 'vitest'
import { findEntries, type PaletteEntry, readVmQuery } from '../../../src/renderer/features/search/find-entries.ts'
import { matchesQuery, parseQuery, queryOfTab, tabOfQuery } from '../../../src/renderer/features/vms/vm-query.ts'
import { formatPlace, parsePlace } from '../../../src/renderer/stores/index.ts'
import { inventHost, inventVm } from './invented.ts'

const host = inventHost(1)
const vm = inventVm(3, host.id, { name: 'web-03', status: 'up' })
const matches = (query: string) => matchesQuery(vm, host.name, parseQuery(query))

describe('a query for VMs', () => {
  it.each([
    'status=up',
    'status=up and host=node1.lab',
    'status!=down cpus>2 memory<16',
    'memory=8',
    'web',
    'WEB-03',
    'name~eb-0',
    'ip=10.77.0.103',
    'mac~52:54:00',
    'os="Debian 12"',
    '"Debian 12" status=up',
    '',
  ])('%j finds the VM', (query) => {
    expect(matches(query)).toBe(true)
  })

  it.each([
    'status=down',
    'host=node2.lab',
    'cpus>4',
    'memory!=8',
    'mail',
    'name!=web-03',
    'status=up mail',
    'name=web',
  ])('%j does not find it', (query) => {
    expect(matches(query)).toBe(false)
  })

  it('takes an unknown field as text', () => {
    expect(parseQuery('color=red')).toEqual([{ field: 'any', operator: '~', value: 'color=red' }])
  })

  it('stands after vm: in the palette', () => {
    expect(readVmQuery('vm: status=up ')).toBe('status=up')
    expect(readVmQuery('VMs:')).toBe('')
    expect(readVmQuery('web-03')).toBeNull()
  })
})

describe('the palette', () => {
  const entry = (title: string, detail = '', disabledReason: string | null = null): PaletteEntry => ({
    id: title,
    kind: 'vm',
    title,
    detail,
    disabledReason,
    run: () => undefined,
  })
  const titles = (typed: string, entries: readonly PaletteEntry[]) =>
    findEntries(entries, typed).map(({ title }) => title)

  it('puts the exact name first, then beginnings, then words, then the rest', () => {
    const entries = [entry('my web'), entry('cobweb'), entry('web-1'), entry('web')]
    expect(titles('web', entries)).toEqual(['web', 'web-1', 'my web', 'cobweb'])
  })

  it('finds by several words over title and detail, whatever their order', () => {
    expect(titles('web start', [entry('Start', 'web-01'), entry('Stop', 'web-01')])).toEqual(['Start'])
  })

  it('puts what cannot be run after what can', () => {
    expect(titles('st', [entry('Start', '', 'not now'), entry('Stop')])).toEqual(['Stop', 'Start'])
  })

  it('finds nothing for what fits nothing', () => {
    expect(titles('zzz', [entry('web')])).toEqual([])
  })
})

describe('a query in the address', () => {
  it.each(['status=up and host=node1/a', '100 % "a+b" &c=d#e?', '실행', ''])('%j comes back as it was', (query) => {
    const { tab } = parsePlace(formatPlace({ kind: 'all', tab: tabOfQuery(query) }))
    expect(queryOfTab(tab)).toBe(query)
  })

  it.each(['vms', 'vms?', 'vms?%', 'vms?%E0%A4%A', 'vms?other=1'])('is empty for %j, which somebody typed', (tab) => {
    expect(queryOfTab(tab)).toBe('')
  })
})
