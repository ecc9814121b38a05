import { existsSync, globSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { runCommand } from './command.ts'

const cacheDir = '/var/tmp/virtdeck-lab-guest'

/** What an initrd is made of. */
export interface InitrdRecipe {
  /** First part of its file's name. */
  readonly name: string
  /** The script that the kernel starts. It finds busybox as /bin/busybox, and the modules' files in /lib/m, in the order of /lib/m/order. */
  readonly init: string
  /** Modules of the kernel, with all that they need. */
  readonly modules: readonly string[]
  /** Empty folders. */
  readonly folders: readonly string[]
  /** Programs of this machine, with the libraries that they need, at the same places. */
  readonly programs?: readonly string[]
}

/** `$0`: the program, `$1`: the root that it goes into. ldd names the loader by its path alone. */
const COPY_PROGRAM = `set -e; for f in "$0" $(ldd "$0" | grep -o '/[^ ]*'); do mkdir -p "$1$(dirname "$f")"; cp -L "$f" "$1$f"; done`

/** The newest of Debian's cloud kernels that this machine has, e.g. `6.1.0-56-cloud-amd64`. */
export function newestKernel(): string {
  const names = globSync('/boot/vmlinuz-*-cloud-amd64').map((file) => basename(file).slice('vmlinuz-'.length))
  const newest = names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)
  if (!newest) throw new Error('No kernel for the guests: apt-get install linux-image-cloud-amd64')
  return newest
}

/** Makes an initrd for a kernel, once: it is kept in /var/tmp. Returns its path. */
export async function buildInitrd(
  kernel: string,
  { name, init, modules, folders, programs = [] }: InitrdRecipe,
): Promise<string> {
  const key = Buffer.from(`${init}${modules.join()}${folders.join()}${programs.join()}`).reduce(
    (sum, byte) => (sum * 31 + byte) >>> 0,
    7,
  )
  const target = join(cacheDir, `${name}-${kernel}-${key.toString(16)}.gz`)
  if (existsSync(target) && (await stat(target)).size > 0) return target
  await mkdir(cacheDir, { recursive: true })
  const root = await mkdtemp(join(cacheDir, 'build-'))
  try {
    for (const folder of ['bin', 'lib/m', ...folders]) await mkdir(join(root, folder), { recursive: true })
    await copyFile('/bin/busybox', join(root, 'bin/busybox'))
    const order: string[] = []
    for (const file of await listModuleFiles(kernel, modules)) {
      await copyFile(file, join(root, 'lib/m', basename(file)))
      order.push(`${basename(file)}\n`)
    }
    for (const program of programs) await runCommand('sh', ['-c', COPY_PROGRAM, program, root])
    await writeFile(join(root, 'lib/m/order'), order.join(''))
    await writeFile(join(root, 'init'), init)
    await chmod(join(root, 'init'), 0o755)
    const half = `${target}.${process.pid}`
    await runCommand('sh', ['-c', 'set -e; cd "$0"; find . | cpio -o -H newc 2>/dev/null | gzip -1 > "$1"', root, half])
    await rename(half, target)
    return target
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function listModuleFiles(kernel: string, modules: readonly string[]): Promise<string[]> {
  const builtin = await readFile(`/lib/modules/${kernel}/modules.builtin`, 'utf8')
  const files = new Set<string>()
  for (const name of modules) {
    if (builtin.includes(`/${name}.ko`)) continue
    const { stdout } = await runCommand('modprobe', ['-S', kernel, '--show-depends', name], { allowFailure: true })
    for (const [, file] of stdout.matchAll(/^insmod (\S+)/gm)) if (file) files.add(file)
  }
  return [...files]
}
