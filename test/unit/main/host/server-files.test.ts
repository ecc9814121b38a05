import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHostAdd } from '../../../../src/main/host/commands/add.ts'
import { createHostCheck } from '../../../../src/main/host/commands/check.ts'
import type { HostCommandDependencies } from '../../../../src/main/host/commands/dependencies.ts'
import { createHostEdit } from '../../../../src/main/host/commands/edit.ts'
import { definitionFrom, withOverride } from '../../../../src/main/host/host-input.ts'
import { createHostRegistry, type HostRegistry } from '../../../../src/main/hosts/index.ts'
import { createKnownHosts } from '../../../../src/main/ssh/index.ts'
import { type ParsedInput, PERMISSIONS } from '../../../../src/shared/contract/index.ts'
import { defaultSettings, type Host } from '../../../../src/shared/domain/index.ts'
import { createIdentity, createTestEngine } from '../engine/test-engine.ts'
import { makeDefinition } from './make-definition.ts'

const CONFIG = `
Host alias
  HostName kvm9.example.org
Host keyed mine
  IdentityFile ~/.ssh/production
Host hop
  ProxyJump bastion.example.org
Host command
  ProxyCommand nc %h %p
Match originalhost asked exec "test -e /etc/shadow"
  Port 2222
Match user backup
  CertificateFile ~/.ssh/backup-cert.pub
Host plain same
  Port 2200
  User root
  ProxyJump none
Host same
  HostName same
Host *
  Compression yes
`

const HOST = makeDefinition({ address: 'mine' })
const administrator = createIdentity()
const operator = createIdentity(PERMISSIONS.filter((permission) => permission !== 'host.server-files'))

let folder = ''
let engine: Awaited<ReturnType<typeof createTestEngine>>
let registry: HostRegistry
const added: ParsedInput<'host.add'>[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virtdeck-server-files-'))
  await writeFile(join(folder, 'config'), CONFIG)
  registry = createHostRegistry({
    knownHosts: createKnownHosts({ ownPath: join(folder, 'known_hosts') }),
    secrets: async () => ({}),
    settings: () => defaultSettings,
    sshConfig: { path: join(folder, 'config'), homePath: folder },
  })
  const dependencies = { registry } as HostCommandDependencies
  // What comes after the question is not of interest here: nothing is connected to, and no cluster is needed.
  const execute = async () => ({ checks: [], hostKey: null, unconfirmed: null, install: null, hostId: HOST.id })
  engine = await createTestEngine({
    'host.check': { ...createHostCheck(dependencies), validate: () => null, execute },
    'host.edit': { ...createHostEdit(dependencies), execute },
    'host.add': {
      ...only(createHostAdd(dependencies)),
      execute: async ({ input }) => {
        added.push(input)
        return execute()
      },
    },
  })
  engine.topics.collection('hosts').upsert({ ...HOST, port: 22, user: 'root', revision: 1 } as unknown as Host)
})
afterAll(async () => {
  await engine.engine.stop({ graceMs: 0 })
  await registry.stop()
  await rm(folder, { recursive: true })
})

/** Who may run it, without what it does. */
function only({ authorize, admit }: ReturnType<typeof createHostAdd>) {
  return { ...(authorize === undefined ? {} : { authorize }), ...(admit === undefined ? {} : { admit }) }
}

async function refusalOf(command: string, input: object, identity = operator) {
  const result = await engine.engine.dispatch(identity, command, input)
  return result.ok ? null : result.error
}

it.each(['host.add', 'host.check'])(
  '%s: a key file of the server is named by administrators alone',
  async (command) => {
    const input = { address: 'other', privateKeyPath: '/root/.ssh/id_ed25519' }
    expect(await refusalOf(command, input)).toMatchObject({
      code: 'host.server-files-forbidden',
      params: { file: '/root/.ssh/id_ed25519', hint: 'key' },
    })
    // Also before it is tried: a form says it at once.
    const [verdict] = engine.engine.canRun(operator, [{ command, input }])
    expect(verdict).toMatchObject({ code: 'host.server-files-forbidden' })
    expect(await refusalOf(command, input, administrator)).toBeNull()
  },
)

it.each([
  ['alias', 'HostName'],
  ['keyed', 'IdentityFile'],
  ['hop', 'ProxyJump'],
  ['command', 'ProxyCommand'],
  ['asked', 'Match exec'],
])('an alias that leads to what is the server’s is named by administrators alone: %s', async (address, directives) => {
  const refusal = { code: 'host.server-files-forbidden', params: { file: address, directives, hint: 'alias' } }
  for (const command of ['host.add', 'host.check']) {
    expect(await refusalOf(command, { address, password: 'x' })).toMatchObject(refusal)
    expect(await refusalOf(command, { address, password: 'x' }, administrator)).toBeNull()
  }
  expect(await refusalOf('host.edit', { hostId: HOST.id, address })).toMatchObject(refusal)
  expect(await refusalOf('host.edit', { hostId: HOST.id, address }, administrator)).toBeNull()
})

it('commands of the server’s ssh_config are allowed by administrators alone', async () => {
  const input = { hostId: HOST.id, allowCommands: ['0'.repeat(64)] }
  expect(await refusalOf('host.edit', input)).toMatchObject({ params: { hint: 'command' } })
  expect(await refusalOf('host.edit', input, administrator)).toBeNull()
  expect(await refusalOf('host.check', { address: 'plain', password: 'x', allowCommands: [] })).toBeNull()
})

it('an address that ssh_config leaves what it is may be given by whoever may add hosts', async () => {
  for (const address of ['plain', 'same', '10.77.0.9'])
    expect(await refusalOf('host.check', { address, password: 'x' })).toBeNull()
  expect(await refusalOf('host.check', { address: 'plain', user: 'backup' })).toMatchObject({
    params: { directives: 'CertificateFile' },
  })
})

it('what holds for one address of many is judged as if it were for all, and stays with its row', async () => {
  const addresses = ['plain', 'same']
  const overrides = { same: { user: 'backup', port: 2200 } }
  expect(await refusalOf('host.add', { addresses, password: 'x', overrides })).toMatchObject({
    params: { directives: 'CertificateFile' },
  })
  added.length = 0
  const hostKeys = { plain: `SHA256:${'A'.repeat(43)}`, same: `SHA256:${'B'.repeat(43)}` }
  expect(await refusalOf('host.add', { addresses, user: 'root', hostKeys, overrides }, administrator)).toBeNull()
  const rows = added.toSorted((a, b) => (a.address < b.address ? -1 : 1))
  expect(rows).toMatchObject([{ address: 'plain' }, { address: 'same', overrides }])
  expect(rows.map((row) => Object.keys(row.hostKeys ?? {}))).toEqual([['plain'], ['same']])
  expect(rows[0]?.overrides).toBeUndefined()
  expect(rows.map((row) => definitionFrom(withOverride(row), HOST))).toMatchObject([
    { user: 'root', port: null },
    { user: 'backup', port: 2200 },
  ])
})

it('whoever edits something else of a host leaves the alias and key of an administrator as they are', async () => {
  expect(await refusalOf('host.edit', { hostId: HOST.id, name: 'other' })).toBeNull()
  expect(await refusalOf('host.edit', { hostId: HOST.id, privateKeyPath: null })).toBeNull()
  expect(await refusalOf('host.edit', { hostId: HOST.id, privateKeyPath: '~/k' })).toMatchObject({
    params: { hint: 'key' },
  })
  expect(await refusalOf('host.edit', { hostId: HOST.id, user: 'backup' })).toMatchObject({
    params: { hint: 'alias' },
  })
})
