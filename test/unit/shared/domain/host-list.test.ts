import { describe, expect, test } from 'vitest'
import { expandHostList, HOST_LIST_LIMIT, isJumpHost, parseNamedHost } from '../../../../src/shared/domain/index.ts'

const addresses = (text: string) => expandHostList(text).hosts.map(({ address }) => address)

describe('a list of hosts', () => {
  test.each([
    ['', []],
    ['a', ['a']],
    ['a b,c\nd;e', ['a', 'b', 'c', 'd', 'e']],
    ['node[01-03].example.org', ['node01.example.org', 'node02.example.org', 'node03.example.org']],
    ['node[8-11]', ['node8', 'node9', 'node10', 'node11']],
    ['node[08-10]', ['node08', 'node09', 'node10']],
    ['n[1,3,7-8]', ['n1', 'n3', 'n7', 'n8']],
    ['rack[1-2]-[a,b]', ['rack1-a', 'rack1-b', 'rack2-a', 'rack2-b']],
    ['n[1-2], n2', ['n1', 'n2']],
    ['n1 N1', ['N1']],
    ['10.0.0.[1-2]', ['10.0.0.1', '10.0.0.2']],
    ['fd77::1 [fd77::2]:22', ['fd77::1', 'fd77::2']],
  ])('%j names %j', (text, expected) => {
    expect(addresses(text)).toEqual(expected)
  })

  test('keeps user and port', () => {
    expect(expandHostList('root@n[1-2]:2222').hosts).toEqual([
      { address: 'n1', user: 'root', port: 2222 },
      { address: 'n2', user: 'root', port: 2222 },
    ])
  })

  test.each(['n[3-1]', 'n[]', 'n[a-b c]', 'n[1-2', 'a:99999', '@a', 'n[$(id)]'])('%j cannot be read', (entry) => {
    expect(expandHostList(`ok ${entry}`)).toMatchObject({ hosts: [], problem: { reason: 'unreadable' } })
  })

  test('has a bound, which a range of any size meets at once', () => {
    expect(addresses(`n[1-${HOST_LIST_LIMIT}]`)).toHaveLength(HOST_LIST_LIMIT)
    for (const text of ['n[1-999999999]', 'n[1-999999999][1-999999999][1-999999999]', `n[1-${HOST_LIST_LIMIT}] more`]) {
      expect(expandHostList(text)).toMatchObject({ hosts: [], problem: { reason: 'too-many' } })
    }
  })
})

test.each([
  ['a', { address: 'a', user: null, port: null }],
  ['[fd77::1%eth0]', { address: 'fd77::1%eth0', user: null, port: null }],
  ['u@a:0', null],
  ['a b', null],
])('%j is %j', (text, host) => {
  expect(parseNamedHost(text)).toEqual(host)
})

test.each([
  ['gate', true],
  ['admin@gate.example.org:2222, second', true],
  ['none', true],
  ['[fd77::1]:22', true],
  ['', false],
  ['gate,,second', false],
  ['-oProxyCommand=x', false],
  ['gate;id', false],
])('a jump host of %j: %j', (text, isOne) => {
  expect(isJumpHost(text)).toBe(isOne)
})
