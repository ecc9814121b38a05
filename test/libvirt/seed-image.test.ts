import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { buildSeedFiles } from '../../src/main/vm/seed/cloud-config.ts'
import { buildSeedImage } from '../../src/main/vm/seed/index.ts'
import { cloudInitSpecSchema } from '../../src/shared/domain/index.ts'

const run = promisify(execFile)
const machine = {
  instanceId: 'i-1',
  name: 'Web',
  operatingSystem: 'debian13',
  macAddresses: ['52:54:00:12:34:56'],
}

test('another reader of ISO images finds the label and the orders in the image for cloud-init, byte for byte', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'virtdeck-seed-'))
  try {
    const spec = cloudInitSpecSchema.parse({
      user: 'admin',
      // More than one sector.
      runCommands: Array.from({ length: 200 }, (_unused, index) => `echo 'line: ${index}' >> /etc/motd`),
    })
    const image = join(folder, 'seed.iso')
    await writeFile(image, buildSeedImage(spec, machine, new Date(0)))
    const { stdout, stderr } = await run('xorriso', ['-indev', image, '-pvd_info'])
    expect(stdout + stderr).toMatch(/Volume Id\s*: CIDATA/)
    await run('xorriso', ['-osirrox', 'on', '-indev', image, '-extract', '/', join(folder, 'read')])
    for (const [name, text] of Object.entries(buildSeedFiles(spec, machine))) {
      expect(await readFile(join(folder, 'read', name), 'utf8')).toBe(text)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
