import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { arePinsCommitted, commitPins, deferPins, revokePins } from '../../../../src/main/host/deferred-pins.ts'
import { createKnownHosts } from '../../../../src/main/ssh/index.ts'

test('a pin that is put off leaves no trace until it is written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'virtdeck-pins-'))
  try {
    const ownPath = join(folder, 'known_hosts')
    const real = createKnownHosts({ ownPath })
    const { knownHosts, pins } = deferPins(real)
    const type = Buffer.from('ssh-ed25519')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(type.length)
    const key = Buffer.concat([length, type, Buffer.alloc(36, 7)])
    await knownHosts.pin('node1', 22, 'ssh-ed25519', key)
    await expect(readFile(ownPath, 'utf8')).rejects.toMatchObject({ code: 'ENOENT' })
    // As it comes back from the inventory.
    const stored = JSON.parse(JSON.stringify(pins)) as typeof pins
    expect(await arePinsCommitted(real, stored)).toBe(false)
    await commitPins(real, stored)
    await commitPins(real, stored)
    const text = await readFile(ownPath, 'utf8')
    expect(text.match(/node1 ssh-ed25519 /g)).toHaveLength(1)
    expect(await arePinsCommitted(real, stored)).toBe(true)
    await revokePins(real, stored)
    expect(await arePinsCommitted(real, stored)).toBe(false)
  } finally {
    await rm(folder, { recursive: true })
  }
})
