import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../../../src/main/engine/index.ts'
import { createHostRemove } from '../../../../src/main/host/commands/remove.ts'
import { HostWishes } from '../../../../src/main/host/host-wishes.ts'
import { createHostRegistry } from '../../../../src/main/hosts/index.ts'
import { createKnownHosts } from '../../../../src/main/ssh/index.ts'
import { defaultSettings } from '../../../../src/shared/domain/index.ts'
import { createTemporaryFolder, openForTest } from '../inventory/temporary-folder.ts'
import { makeDefinition } from './make-definition.ts'

test('the key of a host that was never reached is forgotten by its HostKeyAlias', async () => {
  const folder = await createTemporaryFolder()
  const path = join(folder, 'config')
  await writeFile(path, 'Host rack\n  HostKeyAlias rack-1\n  Port 2222\n')
  const knownHosts = createKnownHosts({ ownPath: join(folder, 'known_hosts') })
  const registry = createHostRegistry({
    knownHosts,
    secrets: async () => ({}),
    settings: () => defaultSettings,
    sshConfig: { path, openSshCommand: null, homePath: folder },
    localSockets: () => [],
  })
  const inventory = await openForTest(join(folder, 'inventory'))
  const definition = makeDefinition({ address: 'rack', port: null })
  const key = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIJ1bFAjCnhKEgmnxOHFTcI6e3nDDpCyZ8QMVNVlHRmyt', 'base64')
  await knownHosts.pin('rack-1', 22, 'ssh-ed25519', key)
  registry.addIdle(definition)
  const wishes = new HostWishes({ store: inventory.hostWishes, clock: systemClock, returnMs: () => 1_000 })
  const handler = createHostRemove({
    allowedCommands: new Set<string>(),
    registry,
    inventory,
    wishes,
    evacuations: { evacueesOf: () => [] },
    revisions: new Map(),
    clock: systemClock,
  })
  const input = { hostId: definition.id }
  await handler.steps.forget?.run({ input, signal: new AbortController().signal } as never)
  expect(registry.find(definition.id)).toBeNull()
  expect(await knownHosts.isPinned('rack-1', 22, key)).toBe(false)
  await registry.stop()
  await inventory.close()
})
