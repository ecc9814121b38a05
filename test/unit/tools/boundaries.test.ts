import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const project = fileURLToPath(new URL('../../..', import.meta.url))

interface Violation {
  readonly from: string
  readonly to: string
  readonly rule: { readonly name: string }
}

/** A tree in which every file but the last two breaks one rule: file, content. */
const tree: Readonly<Record<string, string>> = {
  'src/shared/domain/index.ts': "import { readFile } from 'node:fs'\nexport const a = readFile\n",
  'src/main/libvirt/index.ts': "import { ssh } from '../ssh/index.ts'\nexport const libvirt = ssh\n",
  'src/main/ssh/index.ts': 'export const ssh = 1\n',
  'src/main/ssh/inner.ts': 'export const inner = 1\n',
  'src/main/vm/index.ts': "import { spawn } from 'node:child_process'\nexport const vm = spawn\n",
  'src/main/hosts/index.ts': "import { inner } from '../ssh/inner.ts'\nexport const hosts = inner\n",
  'src/main/engine/index.ts': "import type { App } from 'electron'\nexport type Engine = App\n",
  'src/main/cluster/one.ts': "import { two } from './two.ts'\nexport const one: number = two\n",
  'src/main/cluster/two.ts': "import { one } from './one.ts'\nexport const two: number = one\n",
  'src/renderer/features/vms/index.ts': "import { deep } from '../tree/deep.ts'\nexport const vms = deep\n",
  'src/renderer/features/tree/deep.ts': "import { send } from '../../stores/transport.ts'\nexport const deep = send\n",
  'src/renderer/stores/transport.ts': 'export const send = 1\n',
  'src/main/network/index.ts': "import { vm } from '../vm/index.ts'\nexport const network = vm\n",
}

describe('the rules of who may import whom', () => {
  const folder = mkdtempSync(join(tmpdir(), 'virtdeck-boundaries-'))
  let violations: readonly Violation[]

  beforeAll(async () => {
    for (const [file, content] of Object.entries(tree)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), content)
    }
    writeFileSync(join(folder, 'tsconfig.json'), '{}')
    const program = join(project, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
    const args = [program, '--config', join(project, '.dependency-cruiser.cjs'), '--output-type', 'json', 'src']
    const { stdout } = await run(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }).catch(
      (error: unknown) => error as { stdout: string },
    )
    violations = (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations
  }, 30_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    ['the shared code imports Node', 'src/shared/domain/index.ts', 'the-page-runs-in-a-browser'],
    ['libvirt imports SSH', 'src/main/libvirt/index.ts', 'not-in-allowed'],
    ['a feature starts a process', 'src/main/vm/index.ts', 'child-process-only-in-shell-and-ssh'],
    ["somebody reaches around a folder's face", 'src/main/hosts/index.ts', 'not-in-allowed'],
    ['the engine knows Electron', 'src/main/engine/index.ts', 'electron-only-in-its-shell'],
    ['two files import each other', 'src/main/cluster/one.ts', 'no-circles'],
    [
      "a page feature reaches around another's face",
      'src/renderer/features/vms/index.ts',
      'page-features-meet-through-their-faces',
    ],
    ['a page feature speaks to the transport', 'src/renderer/features/tree/deep.ts', 'one-file-touches-the-transport'],
  ])('catch that %s', (_what, from, rule) => {
    expect(violations.filter((violation) => violation.from === from).map((violation) => violation.rule.name)).toContain(
      rule,
    )
  })

  it('let a feature use the face of another', () => {
    expect(violations.filter((violation) => violation.from === 'src/main/network/index.ts')).toEqual([])
  })
})
