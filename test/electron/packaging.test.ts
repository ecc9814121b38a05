import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findBulkThread } from '../../src/main/hosts/bulk/find-bulk-thread.ts'

const run = promisify(execFile)
const project = fileURLToPath(new URL('../..', import.meta.url))
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

/**
 * A folder that stands for Electron's download: the packer needs its layout and, to set the fuses, its fuse wire
 * (https://www.electronjs.org/docs/latest/tutorial/fuses), all fuses on.
 */
function createElectronStub(folder: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true })
  const wire = Buffer.concat([Buffer.from(fuseSentinel), Buffer.from([1, 9]), Buffer.from('111111111')])
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.from('#!/bin/sh\nexit 0\n'), wire]), { mode: 0o755 })
  for (const name of ['LICENSE', 'LICENSES.chromium.html']) writeFileSync(join(folder, name), 'of Electron')
}

type AsarNode = {
  readonly files?: Readonly<Record<string, AsarNode>>
  readonly offset?: string
  readonly size?: number
}

/** Reads an asar archive: a header of four 32-bit sizes and JSON, then the files one after another. */
function readArchive(file: string): ReadonlyMap<string, Buffer> {
  const bytes = readFileSync(file)
  const headerEnd = 8 + bytes.readUInt32LE(4)
  const header = JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12))) as AsarNode
  const contents = new Map<string, Buffer>()
  const visit = (node: AsarNode, path: string): void => {
    for (const [name, child] of Object.entries(node.files ?? {})) visit(child, path === '' ? name : `${path}/${name}`)
    if (node.offset === undefined || node.size === undefined) return
    const start = headerEnd + Number(node.offset)
    contents.set(path, bytes.subarray(start, start + node.size))
  }
  visit(header, '')
  return contents
}

// packing for Linux works on every system, but the stub above is Linux's layout
describe.runIf(process.platform === 'linux')('the packed app', () => {
  const folder = mkdtempSync(join(tmpdir(), 'virtdeck-pack-'))
  const unpacked = join(folder, 'dist/linux-unpacked')
  let archive: ReadonlyMap<string, Buffer>

  beforeAll(async () => {
    await run(process.execPath, ['tools/build.mjs'], { cwd: project })
    createElectronStub(join(folder, 'electron'))
    const settings = [`electronDist=${join(folder, 'electron')}`, `directories.output=${join(folder, 'dist')}`]
    const args = ['--dir', '--linux', '--publish', 'never', ...settings.map((setting) => `-c.${setting}`)]
    await run(process.execPath, ['node_modules/electron-builder/cli.js', ...args], { cwd: project })
    archive = readArchive(join(unpacked, 'resources/app.asar'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('contains the programs, the page and the licences, and nothing else', () => {
    const allowed =
      /^(package\.json|LICENSE|out\/THIRD-PARTY-LICENSES\.txt|out\/main\/.+\.js|out\/preload\/preload\.cjs|out\/renderer\/.+)$/
    const names = [...archive.keys()]
    expect(names.filter((name) => !allowed.test(name))).toEqual([])
    expect(names).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'out/main/electron.js',
        'out/main/engine.js',
        'out/main/bulk-thread.js',
        'out/preload/preload.cjs',
        'out/renderer/index.html',
      ]),
    )
  })

  it('contains no sources, no source maps and no packages as files', () => {
    const names = [...archive.keys()]
    expect(names.filter((name) => /\.(tsx?|map|test\..*)$|node_modules|^src\//.test(name))).toEqual([])
  })

  it('names no development dependency in its package.json', () => {
    const manifest = JSON.parse(String(archive.get('package.json'))) as Record<string, unknown>
    expect(manifest).toMatchObject({ name: 'virtdeck', main: 'out/main/electron.js' })
    expect(manifest).not.toHaveProperty('devDependencies')
  })

  it('needs no package that it does not contain', () => {
    const builtin = /^(node:|electron$|\.)/
    for (const [name, content] of archive) {
      if (!/^out\/main\/.*\.js$/.test(name)) continue
      const imports = [...String(content).matchAll(/^import\b[^'"\n]*['"]([^'"]+)['"]/gm)].map(
        (match) => match[1] ?? '',
      )
      expect(imports.filter((specifier) => !builtin.test(specifier))).toEqual([])
    }
  })

  it('has the thread for bulk data where the engine looks for it', () => {
    const looking = [...archive].filter(([, content]) => content.includes('function findBulkThread('))
    expect(looking.map(([name]) => name.replace(/[^/]+$/, ''))).toEqual(['out/main/chunks/'])
    for (const [name] of looking) {
      const found = findBulkThread(`file:///${name}`)
      expect([...archive.keys()]).toContain(found.pathname.slice(1))
    }
  })

  it('carries the licence text of every package in it', () => {
    const text = String(archive.get('out/THIRD-PARTY-LICENSES.txt'))
    const sections = text
      .split(/\n-{80}\n/)
      .slice(1)
      .map((section) => section.trim())
    expect(sections.length).toBeGreaterThan(20)
    for (const section of sections) expect(section).toMatch(/^\S+ \d\S* \([^)]+.*\)\n\n[\s\S]{100,}/)
    for (const name of ['fastify', 'ssh2', 'kysely', 'react', '@novnc/novnc', '@xterm/xterm']) {
      expect(sections.some((section) => section.startsWith(`${name} `))).toBe(true)
    }
  })

  it("has Electron's fuses set: no run as Node, no inspector, only the archive with its checksum", () => {
    const binary = readFileSync(join(unpacked, 'virtdeck'))
    const at = binary.indexOf(fuseSentinel) + fuseSentinel.length + 2
    // runAsNode, cookie encryption, NODE_OPTIONS, inspector, asar integrity, only asar, own V8 snapshot, file:// privileges
    expect(binary.toString('latin1', at, at + 8)).toBe('01001100')
  })
})
