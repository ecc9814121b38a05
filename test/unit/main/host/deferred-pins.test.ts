import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deferPins } from '../../../../src/main/host/deferred-pins.ts'
import { createKnownHosts } from '../../../../src/main/ssh/index.ts'

test('a pin that is put off leaves no trace until it is written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'virtdeck-pins-'))
  try {
    const ownPath = join(folder, 'known_hosts')
    const pins = deferPins(createKnownHosts({ ownPath }))
    const type = Buffer.from('ssh-ed25519')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(type.length)
    const key = Buffer.concat([length, type, Buffer.alloc(36, 7)])
    await pins.knownHosts.pin('node1', 22, 'ssh-ed25519', key)
    await expect(readFile(ownPath, 'utf8')).rejects.toMatchObject({ code: 'ENOENT' })
    await pins.commit()
    expect(await readFile(ownPath, 'utf8')).toContain('node1 ssh-ed25519 ')
  } finally {
    await rm(folder, { recursive: true })
  }
})
