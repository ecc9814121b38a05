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
