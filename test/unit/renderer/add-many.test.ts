import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { UNCONFIRMED } from '../../../src/renderer/features/hosts/asked-digests.ts'
import {
  checkMany,
  decideObstacle,
  findSameKey,
  type ListedHost,
  listHost,
  matches,
  mergeUnconfirmed,
  tally,
  toBeAdded,
  withResult,
} from '../../../src/renderer/features/hosts/many/check-many.ts'
import { readFingerprints } from '../../../src/renderer/features/hosts/many/known-keys.ts'
import {
  decideListProblem,
  EMPTY_MANY_FORM,
  type ManyForm,
  manyFormSchema,
  namedBy,
  toAddMany,
  toCheck,
} from '../../../src/renderer/features/hosts/many/many-form.ts'
import {
  batchInputOf,
  type CommandOutput,
  commands,
  type HostCheck,
  type Result,
} from '../../../src/shared/contract/index.ts'
import type { WireError } from '../../../src/shared/errors/index.ts'
import { inventError } from './invented.ts'

type CheckResult = Result<CommandOutput<'host.check'>>

const form = (change: Partial<ManyForm>): ManyForm => ({ ...EMPTY_MANY_FORM, ...change })
const named = (address: string, change: object = {}) => ({
  address,
  user: null,
  port: null,
  libvirtMode: 'system' as const,
  ...change,
})
const keyError = (fingerprint: string, expected?: string): WireError =>
  expected === undefined
    ? inventError('ssh.host-key-unknown', { address: 'a', port: 22, keyType: 'ssh-ed25519', fingerprint })
    : inventError('ssh.host-key-changed', {
        address: 'a',
        port: 22,
        keyType: 'ssh-ed25519',
        fingerprint,
        expectedFingerprint: expected,
        source: 'known_hosts',
      })
const line = (check: HostCheck['check'], outcome: HostCheck['outcome'], error: WireError | null = null): HostCheck => ({
  check,
  outcome,
  detail: null,
  error,
})
const checked = (checks: readonly HostCheck[], change: Partial<CommandOutput<'host.check'>> = {}): CheckResult => ({
  ok: true,
  rev: 1,
  value: { checks: [...checks], hostKey: null, unconfirmed: null, install: null, ...change },
})
const passed = checked([line('reach', 'passed'), line('host-key', 'passed')])
const host = (address: string, ...results: readonly CheckResult[]): ListedHost =>
  results.reduce(withResult, listHost(named(address)))

describe('which hosts', () => {
  it.each([
    ['', 'hosts:many.list.empty'],
    [' ,\n', 'hosts:many.list.empty'],
    ['node[3-1]', 'hosts:many.list.unreadable'],
    ['node[001-300]', 'hosts:many.list.too-many'],
    ['admin@kvm1 root@KVM1', 'hosts:many.list.doubled'],
    ['node[01-20].example.org, admin@rack[1-2]-[a,c]:2222', null],
  ])('list %j: %s', (list, problem) => {
    expect(decideListProblem(list)).toBe(problem)
    const parsed = manyFormSchema.safeParse(form({ list }))
    expect(parsed.error?.issues.map(({ path, message }) => [path[0], message]) ?? []).toEqual(
      problem === null ? [] : [['list', problem]],
    )
  })

  it('of a source some must be chosen, and only those that it offers are named', () => {
    const parsed = manyFormSchema.safeParse(form({ source: 'ssh-config' }))
    expect(parsed.error?.issues.map(({ path }) => path[0])).toEqual(['chosen'])
    const offered = [named('kvm1'), named('kvm2', { libvirtMode: 'session' })]
    const chosen = ['kvm2', 'gone']
    expect(namedBy(form({ source: 'virt-manager', chosen }), offered)).toEqual([offered[1]])
    // ssh_config says nothing of libvirt: the form does
    expect(namedBy(form({ source: 'ssh-config', chosen }), offered)).toEqual([named('kvm2')])
  })

  it('what is said of one host alone goes before what holds for all, in the check and in the call that adds them', () => {
    const values = form({ list: 'kvm1 admin@kvm2:2222', user: 'root', port: '22', jumpHost: 'gate' })
    const hosts = namedBy(values, [])
    const shared = { clusterId: null, allowCommands: ['d'.repeat(64)] }
    expect(hosts.map((each) => toCheck(values, each, { ...shared, hostKey: null }))).toMatchObject([
      { address: 'kvm1', user: 'root', port: 22, jumpHost: 'gate', allowCommands: shared.allowCommands },
      { address: 'kvm2', user: 'admin', port: 2222, jumpHost: 'gate' },
    ])
    const hostKeys = { kvm1: `SHA256:${'A'.repeat(43)}` }
    const call = toAddMany(values, hosts, { ...shared, hostKeys })
    expect(call).toMatchObject({
      addresses: ['kvm1', 'kvm2'],
      user: 'root',
      hostKeys,
      overrides: { kvm2: { user: 'admin', port: 2222 } },
      allowCommands: shared.allowCommands,
    })
    expect(batchInputOf(commands['host.add'])?.safeParse(call).error).toBeUndefined()
  })
})

describe('verdicts', () => {
  const unreachable = inventError('ssh.unreachable', { address: 'c', port: 22, reason: 'refused' })
  const failing = checked([line('libvirt', 'failed', inventError('host.libvirt-missing', { address: 'd' }))], {
    install: { packageManager: 'apt', architecture: 'x86_64', lacks: ['libvirt'] },
  })

  it('follow from what a check brought', () => {
    expect(host('a', passed).verdict).toEqual({ kind: 'ready', warnings: 0 })
    expect(host('a', checked([line('kvm', 'warning')])).verdict).toEqual({ kind: 'ready', warnings: 1 })
    const asked = host('a', checked([line('host-key', 'failed', keyError('SHA256:new'))]))
    expect(asked).toMatchObject({
      verdict: { kind: 'key', offered: { expected: null } },
      shown: { fingerprint: 'SHA256:new' },
    })
    expect(host('a', { ok: false, error: unreachable }).verdict).toMatchObject({ kind: 'failed', canInstall: false })
    expect(host('a', failing).verdict).toMatchObject({ kind: 'failed', canInstall: true })
  })

  it('let nobody go on while a host is neither ready nor left out', () => {
    const hosts = [
      host('a', passed),
      host('b', checked([line('host-key', 'failed', keyError('SHA256:b'))])),
      host('c', failing),
      host('d'),
    ]
    expect(tally(hosts)).toEqual({ ready: 1, keys: 1, failed: 1, unchecked: 1, leftOut: 0 })
    expect(decideObstacle({ hosts, isRunning: false })).toBe('unsettled')
    const settled = hosts.map((each, index) => ({ ...each, isLeftOut: index > 0 }))
    expect(decideObstacle({ hosts: settled, isRunning: false })).toBeNull()
    expect(decideObstacle({ hosts: settled, isRunning: true })).toBe('running')
    expect(toBeAdded(settled).map(({ candidate }) => candidate.address)).toEqual(['a'])
    expect(decideObstacle({ hosts: hosts.map((each) => ({ ...each, isLeftOut: true })), isRunning: false })).toBe(
      'nobody',
    )
  })

  it('a new key that is known is matched; a changed one never is', () => {
    const known = new Set(['SHA256:b'])
    expect(matches(host('b', checked([line('host-key', 'failed', keyError('SHA256:b'))])), known)).toBe(true)
    expect(matches(host('b', checked([line('host-key', 'failed', keyError('SHA256:x'))])), known)).toBe(false)
    expect(matches(host('b', checked([line('host-key', 'failed', keyError('SHA256:b', 'SHA256:old'))])), known)).toBe(
      false,
    )
  })

  it('two hosts with the same key are told', () => {
    const hosts = ['a', 'b', 'c'].map((name) =>
      host(
        name,
        checked([], { hostKey: { type: 'ssh-ed25519', fingerprint: name === 'c' ? 'SHA256:2' : 'SHA256:1' } }),
      ),
    )
    expect(hosts.map((each) => findSameKey(hosts, each))).toEqual(['b', 'a', null])
  })

  it('all commands of ssh_config that were not run are asked about in one question', () => {
    const asks = (commandsAsked: string, digests: string) =>
      checked([], {
        unconfirmed: inventError(UNCONFIRMED, { commands: commandsAsked, digests, path: '~/.ssh/config', line: 3 }),
      })
    const hosts = [host('a', passed), host('b', asks('test -e /x', '1')), host('c', asks('test -e /x\nid', '1,2'))]
    expect(mergeUnconfirmed(hosts)?.params).toMatchObject({ commands: 'test -e /x\nid', digests: '1,2', line: 3 })
    expect(mergeUnconfirmed(hosts.map((each) => ({ ...each, isLeftOut: true })))).toBeNull()
    expect(mergeUnconfirmed(hosts.slice(0, 1))).toBeNull()
  })
})

describe('checking many', () => {
  it('has a few under way at once, and tells of nothing more once it is stopped', async () => {
    const open: ((result: CheckResult) => void)[] = []
    const client = { call: () => new Promise<never>((resolve) => open.push(resolve as never)) }
    const told: string[] = []
    const abort = new AbortController()
    const hosts = Array.from({ length: 20 }, (_one, index) => listHost(named(`node${index}`)))
    const done = checkMany(client as never, hosts, {
      inputOf: ({ candidate }) => ({ address: candidate.address }),
      signal: abort.signal,
      onBegin: () => undefined,
      onResult: (address) => told.push(address),
    })
    expect(open).toHaveLength(6)
    open[0]?.(passed)
    await Promise.resolve()
    await new Promise(setImmediate)
    expect([open.length, told]).toEqual([7, ['node0']])
    abort.abort()
    for (const settle of open) settle(passed)
    await done
    expect([open.length, told]).toEqual([7, ['node0']])
  })
})

it('fingerprints are read as ssh-keygen prints them, and made of the keys in known_hosts', async () => {
  const key = Buffer.concat([Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAI', 'base64'), Buffer.alloc(33, 7)]).toString(
    'base64',
  )
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')
  const printed = `SHA256:${'Q'.repeat(43)}`
  const text = `256 ${printed} root@node01 (ED25519)\n|1|salt=|hash= ssh-ed25519 ${key} comment\nSHA256:short`
  expect(await readFingerprints(text)).toEqual(new Set([printed, `SHA256:${digest}`]))
  expect(await readFingerprints('')).toEqual(new Set())
})
