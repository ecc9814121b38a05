import { describe, expect, test } from 'vitest'
import { VM_FIELDS } from '../../../src/renderer/features/vms/fields.ts'
import type { SearchField } from '../../../src/renderer/kinds/entity-kind.ts'
import { applyCompletion, completeQuery } from '../../../src/renderer/kinds/query/complete-query.ts'
import { parseQuery } from '../../../src/renderer/kinds/query/parse-query.ts'

const fields = VM_FIELDS as unknown as readonly SearchField[]
const wordOf = (_field: SearchField, choice: string) => (choice === 'up' ? '실행 중' : choice)
const values: Readonly<Record<string, readonly string[]>> = {
  tag: ['db', 'prod', 'prod-eu'],
  host: ['node 1', 'node2'],
}
/** `|` is the caret. */
const complete = (text: string) => {
  const caret = text.indexOf('|')
  const query = text.replace('|', '')
  const completion = completeQuery(query, caret, fields, wordOf, ({ name }) => values[name] ?? [])
  return { query, completion, texts: completion?.items.map((item) => item.text) ?? [] }
}

describe('a query goes on', () => {
  test.each([
    ['sta|', ['status']],
    ['vcp|', ['cpus']],
    ['status=|', ['down', 'wait-for-launch']],
    ['status=up,do|', ['down', 'powering-down']],
    ['status=실행|', ['up']],
    ['tag=pr|', ['prod', 'prod-eu']],
    ['(tag=d|)', ['db']],
    ['tag=eu|', ['prod-eu']],
    ['host=nod|', ['"node 1"', 'node2']],
    ['host="no|', ['"node 1"', 'node2']],
    ['status=up |', ['and', 'or']],
    ['status=up a|', ['and', 'ip']],
    ['status=up and t|', ['title', 'tag']],
    ['status=up and n|', ['not', 'name']],
    ['not |', ['not', 'name']],
  ])('%j with %j', (text, first) => {
    expect(complete(text).texts).toEqual(expect.arrayContaining([...first]))
  })

  test.each(['memory>|', '"in quotes ta|', 'unknown=a|', 'tag=db|', 'tag=prod|', 'status=up|', 'status|', 'xyz|'])(
    '%j with nothing',
    (text) => {
      expect(complete(text).completion).toBeNull()
    },
  )

  test.each([
    ['sta|', 0, 'status=|'],
    ['sta| =up', 0, 'status| =up'],
    ['status=up and ta|', 0, 'status=up and tag=|'],
    ['tag=pr|', 0, 'tag=prod |'],
    ['tag=pr| and status=up', 1, 'tag=prod-eu| and status=up'],
    ['status=up,do|', 0, 'status=up,down |'],
    ['host="no|', 0, 'host="node 1" |'],
  ])('%j with its item %i is %j', (text, index, then) => {
    const { query, completion } = complete(text)
    const item = completion?.items[index]
    if (completion === null || item === undefined) throw new Error('nothing is offered')
    const taken = applyCompletion(query, completion, item)
    expect(`${taken.query.slice(0, taken.caret)}|${taken.query.slice(taken.caret)}`).toBe(then)
  })
})

test.each([
  ['status=up and bogus=1', 'bogus=1'],
  ['status=nothing cpus>1', 'status=nothing'],
  ['  cpus>many', 'cpus>many'],
  ['name>a', 'name>a'],
  ['status=up )', ')'],
  ['(status=up', '('],
  ['"open', '"open'],
  ['status=up and', null],
  ['status=up', null],
])('in %j it is %j that is wrong', (query, part) => {
  const { at } = parseQuery(query, fields, wordOf)
  expect(at === null ? null : query.slice(at.from, at.to)).toBe(part)
})
