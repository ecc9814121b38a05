import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { buildSeedImage } from '../../src/main/vm/seed/index.ts'
import { buildIsoImage } from '../../src/main/vm/seed/iso-image.ts'
import { cloudInitSpecSchema } from '../../src/shared/domain/index.ts'

const run = promisify(execFile)

/** What xorriso, another implementation of the format, finds in an image: by the names of Joliet, or by the plain ones. */
async function readImage(image: Uint8Array, names: 'joliet' | 'plain') {
  const folder = await mkdtemp(join(tmpdir(), 'vd-seed-'))
  try {
    const path = join(folder, 'seed.iso')
    await writeFile(path, image)
    const read = ['-read_fs', names === 'joliet' ? 'norock' : 'nojoliet', '-osirrox', 'on', '-indev', path]
    const { stdout, stderr } = await run('xorriso', [...read, '-pvd_info', '-extract', '/', join(folder, 'out')])
    const found = await readdir(join(folder, 'out'))
    const entries = found.sort().map(async (name) => [name, await readFile(join(folder, 'out', name), 'utf8')] as const)
    return { told: stdout + stderr, files: Object.fromEntries(await Promise.all(entries)) }
  } finally {
    await run('chmod', ['-R', 'u+w', folder])
    await rm(folder, { recursive: true, force: true })
  }
}

it('a seed is read by another program as it was written', async () => {
  const userData = `#cloud-config\n# ${'Größe '.repeat(1_000)}\n`
  const spec = cloudInitSpecSchema.parse({ userData, networkConfig: 'version: 2\n', hostName: 'web' })
  const machine = { instanceId: 'i-1', name: 'web', operatingSystem: undefined, macAddresses: [] }
  const image = buildSeedImage(spec, machine, new Date('2026-11-28T16:00:00Z'))
  const { told, files } = await readImage(image, 'joliet')
  expect(told).toMatch(/Volume Id +: CIDATA/)
  expect(Object.keys(files)).toEqual(['meta-data', 'network-config', 'user-data'])
  expect(files).toMatchObject({ 'user-data': userData, 'network-config': 'version: 2\n' })
  expect(Object.keys((await readImage(image, 'plain')).files)).toEqual(['META_DATA', 'NETWORK_CONFIG', 'USER_DATA'])
})

it('files of every length keep their ends', async () => {
  const files = [0, 1, 2_047, 2_048, 2_049, 70_000].map((length) => ({
    name: `f${length}`,
    content: Buffer.alloc(length, 'x'),
  }))
  const read = await readImage(buildIsoImage('A_1', files, new Date(0)), 'joliet')
  expect(Object.entries(read.files).map(([name, text]) => [name, text.length])).toEqual(
    files.map(({ name, content }) => [name, content.length]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  )
})
