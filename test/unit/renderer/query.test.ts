import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOST_FIELDS } from '../../../src/renderer/features/hosts/fields.ts'
import {
  findSpokenActions,
  type PaletteEntry,
  rankEntries,
  readKindQuery,
  scoreEntry,
  takeBest,
} from '../../../src/renderer/features/search/find-entries.ts'
import { VM_FIELDS } from '../../../src/renderer/features/vms/fields.ts'
import type { EntityKind, SearchField } from '../../../src/renderer/kinds/entity-kind.ts'
import { createMatcher, findText } from '../../../src/renderer/kinds/query/match-query.ts'
import { parseQuery } from '../../../src/renderer/kinds/query/parse-query.ts'
import { inventHost, inventVm } from './invented.ts'

const host = inventHost(1)
const vm = inventVm(3, host.id, {
  name: 'web-03',
  status: 'up',
  title: 'The shop’s front',
  description: 'asked for by sales',
})
const vmKind = { fields: VM_FIELDS } as unknown as EntityKind<'vm'>
const hostKind = { fields: HOST_FIELDS } as unknown as EntityKind<'host'>
const names = { host: host.name, cluster: 'production', datacenter: 'Seoul' } as Record<string, string>
const nameOf = (ref: { readonly kind: string }, above?: string) => names[above ?? ref.kind] ?? ''
const parse = (text: string, fields: readonly unknown[] = VM_FIELDS) =>
  parseQuery(text, fields as readonly SearchField[], (_field, choice) =>
    choice === 'up' ? '실행 중'.replace(' ', '-') : choice,
  )
const matches = (query: string) => createMatcher(vmKind, parse(query).expression, nameOf)(vm)

describe('a query for VMs', () => {
  it.each([
    'status=up',
    'STATUS=Up',
    'status=실행-중',
    'status=down,up',
    'status=up and host=node1.lab',
    'cluster=prod* and datacenter=seoul',
    'status!=down cpus>2 memory<16',
    'memory=8',
    'memory=8192M',
    'memory>=8G and memory<=8GiB',
    'web',
    'WEB-03',
    'name~eb-0',
    'name=web-*',
    'name=*-0*',
    'name!=mail*',
    'name!~mail',
    'ip=10.77.0.103',
    'mac~52:54:00',
    'os="Debian 12"',
    '"Debian 12" status=up',
    'shop',
    'sales',
    '10.77.0.103',
    '52:54:00:61:72:03',
    'web-3.qcow2',
    'disk~qcow2',
    'title~front',
    'not status=down',
    'status=down or status=up',
    'mail or web and status=up',
    '(mail or web) and not (status=down or cpus>16)',
    'autostart=yes',
    '',
  ])('%j finds the VM', (query) => {
    expect(parse(query).problem).toBeNull()
    expect(matches(query)).toBe(true)
  })

  it.each([
    'status=down',
    'host=node2.lab',
    'datacenter=busan',
    'cpus>4',
    'memory!=8',
    'mail',
    'name!=web-03',
    'name=web*4',
    'name=*-03-*',
    'name!~web',
    'status=up mail',
    'name=web',
    'not web',
    'mail or status=down',
    '(web or mail) and status=paused',
  ])('%j does not find it', (query) => {
    expect(parse(query).problem).toBeNull()
    expect(matches(query)).toBe(false)
  })

  it.each([
    ['color=red', { kind: 'unknown-field', name: 'color', suggestion: null }],
    ['stats=up', { kind: 'unknown-field', name: 'stats', suggestion: 'status' }],
    ['web vcpu>3', { kind: 'unknown-field', name: 'vcpu', suggestion: 'vcpus' }],
    ['status=running', { kind: 'choice', field: 'status', value: 'running' }],
    ['cpus=many', { kind: 'number', field: 'cpus', value: 'many' }],
    ['memory>8X', { kind: 'number', field: 'memory', value: '8X' }],
    ['name>web', { kind: 'operator', field: 'name', operator: '>' }],
    ['cpus~2', { kind: 'operator', field: 'cpus', operator: '~' }],
    ['name="web', { kind: 'unclosed', mark: '"' }],
    ['web)', { kind: 'unexpected', mark: ')' }],
    ['and web', { kind: 'unexpected', mark: 'and' }],
    ['(status=) web', { kind: 'value-missing', field: 'status' }],
  ])('%j is wrong, and says how', (query, problem) => {
    const parsed = parse(query)
    expect(parsed).toMatchObject({ problem, isUnfinished: false, expression: null })
  })

  it.each([
    ['web status=', { kind: 'value-missing', field: 'status' }],
    ['web and', { kind: 'term-missing', after: 'and' }],
    ['web and not', { kind: 'term-missing', after: 'not' }],
    ['web (mail or status=up', { kind: 'unclosed', mark: '(' }],
  ])('%j is not typed to its end: what stands before counts', (query, problem) => {
    const parsed = parse(query)
    expect(parsed).toMatchObject({ problem, isUnfinished: true })
    expect(createMatcher(vmKind, parsed.expression, nameOf)(vm)).toBe(true)
    expect(createMatcher(vmKind, parsed.expression, nameOf)({ ...vm, name: 'db', title: '', disks: [] })).toBe(false)
  })

  it('is read whatever is typed', () => {
    const word = fc.constantFrom(
      'web',
      'and',
      'or',
      'not',
      '(',
      ')',
      'status=up',
      'cpus>2',
      'name="a b"',
      '"',
      'x=',
      '한글',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (text) => {
          const { expression, problem, isUnfinished } = parse(text)
          expect(problem === null || isUnfinished || expression === null).toBe(true)
          createMatcher(vmKind, expression, nameOf)(vm)
        },
      ),
    )
  })
})

describe('a query for hosts', () => {
  const finds = (query: string) => createMatcher(hostKind, parse(query, HOST_FIELDS).expression, nameOf)(host)

  it.each(['status=up', 'memory>=128', 'cpu~epyc', '10.77.0.11', 'user=root', 'libvirt=9.*', host.id])(
    '%j finds one',
    (query) => {
      expect(finds(query)).toBe(true)
    },
  )
})

describe('what a text finds of a VM', () => {
  it.each([
    ['shop', 'title'],
    ['10.77.0.103', 'ip'],
    ['52:54:00:61', 'mac'],
    ['debian', 'os'],
    ['web-3.qcow2', 'disk'],
    [vm.id, 'id'],
  ])('%s is its %s', (text, field) => {
    expect(findText(vmKind, vm, text, nameOf)?.field).toBe(field)
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
    rankEntries(entries.flatMap((own) => scoreEntry(own, typed) ?? [])).map(({ title }) => title)

  it('puts the exact name first, then beginnings, then words, then the rest', () => {
    const entries = [entry('my web'), entry('cobweb'), entry('web-1'), entry('web')]
    expect(titles('web', entries)).toEqual(['web', 'web-1', 'my web', 'cobweb'])
  })

  it('finds by several words over title and detail, whatever their order', () => {
    expect(titles('web start', [entry('Start', 'web-01'), entry('Stop', 'web-01')])).toEqual(['Start'])
  })

  it('puts what cannot be run after what can, and each thing once', () => {
    expect(titles('st', [entry('Start', '', 'not now'), entry('Stop'), entry('Stop')])).toEqual(['Stop', 'Start'])
  })

  it('finds a command by its name too, and a thing by no part of its id', () => {
    const create = { ...entry('New cluster…'), id: 'command:cluster.create', kind: 'command' }
    expect(titles('create cluster', [create, entry('web')])).toEqual(['New cluster…'])
    expect(
      titles('a1b2', [
        { ...entry('web'), id: 'vm:a1b2c3' },
        { ...entry('Start'), id: 'vm.start a1b2c3' },
      ]),
    ).toEqual([])
  })

  it('finds nothing for what fits nothing', () => {
    expect(titles('zzz', [entry('web')])).toEqual([])
  })

  it('keeps the best of any number of things, as sorting all of them would', () => {
    const items = fc.array(
      fc.record({ name: fc.constantFrom('a', 'b1', 'b2', 'b10'), score: fc.integer({ min: 0, max: 2 }) }),
    )
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 5 }), (all, limit) => {
        const best = takeBest(all, ({ score }) => score, limit).map(({ item }) => `${item.score} ${item.name}`)
        const order = ['a', 'b1', 'b2', 'b10']
        const sorted = all
          .toSorted((a, b) => a.score - b.score || order.indexOf(a.name) - order.indexOf(b.name))
          .map(({ name, score }) => `${score} ${name}`)
        expect(best).toEqual(sorted.slice(0, limit))
      }),
    )
  })

  const actions = ['Start', 'Start paused', 'Shut down', 'Power off…', '시작'].map((label) => ({
    action: label,
    label,
  }))
  it.each([
    [
      'start web',
      [
        ['Start', 'web', 0],
        ['Start paused', 'web', 1],
      ],
    ],
    [
      'start paused web 01',
      [
        ['Start paused', 'web 01', 0],
        ['Start', 'paused web 01', 0],
      ],
    ],
    ['web-01 shut down', [['Shut down', 'web-01', 0]]],
    ['power mail', [['Power off…', 'mail', 1]]],
    ['web 시작', [['시작', 'web', 0]]],
    ['start', []],
    ['s web', []],
  ])('%j may mean %j', (typed, expected) => {
    expect(findSpokenActions(typed, actions).map(({ action, about, score }) => [action, about, score])).toEqual(
      expected,
    )
  })

  it('reads the kind before a query', () => {
    expect(readKindQuery('vm: status=up ')).toEqual({ keyword: 'vm', query: 'status=up' })
    expect(readKindQuery('VMs:')).toEqual({ keyword: 'vms', query: '' })
    expect(readKindQuery('web-03')).toBeNull()
    expect(readKindQuery('fe80::1')).toBeNull()
  })
})
