import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createHostRegistry, type HostChange } from '../../../../src/main/hosts/index.ts'
import { createKnownHosts } from '../../../../src/main/ssh/index.ts'
import { defaultSettings } from '../../../../src/shared/domain/index.ts'
import { DEFINITION } from './fake-host.ts'

test('a listener that throws costs neither the link nor the other listeners anything', async () => {
  const bugs: string[] = []
  const registry = createHostRegistry({
    knownHosts: createKnownHosts({ ownPath: '/nonexistent/known_hosts' }),
    secrets: async () => ({}),
    settings: () => ({ ...defaultSettings, connectTimeoutMs: 1_000 }),
    log: { info: () => undefined, warn: () => undefined, error: (_fields, message) => bugs.push(message) },
    localSockets: () => [],
  })
  const heard: HostChange['kind'][] = []
  registry.onChange(() => {
    throw new Error('a bug')
  })
  registry.onChange(({ kind }) => heard.push(kind))
  registry.add({ ...DEFINITION, transport: 'local' })
  expect(heard).toEqual(['added', 'state', 'state'])
  await registry.remove(DEFINITION.id)
  expect(heard).toContain('removed')
  expect(bugs.length).toBe(heard.length)
  await registry.stop()
})

test('what known_hosts calls a host is its HostKeyAlias, which has no port', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'virtdeck-registry-'))
  const path = join(folder, 'config')
  await writeFile(path, 'Host rack\n  HostKeyAlias rack-1\n  Port 2222\nHost other\n  HostName 10.0.0.2\n  Port 2222\n')
  const registry = createHostRegistry({
    knownHosts: createKnownHosts({ ownPath: join(folder, 'known_hosts') }),
    secrets: async () => ({}),
    settings: () => defaultSettings,
    sshConfig: { path, openSshCommand: null, homePath: folder },
    localSockets: () => [],
  })
  const nameOf = (address: string) => registry.fetchKnownName({ ...DEFINITION, transport: 'ssh', address, port: null })
  try {
    expect(await nameOf('rack')).toEqual({ address: 'rack-1', port: 22 })
    expect(await nameOf('other')).toEqual({ address: '10.0.0.2', port: 2222 })
  } finally {
    await registry.stop()
    await rm(folder, { recursive: true })
  }
})
