import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { runCommand } from './command.ts'
import type { LabHost } from './host.ts'

/** What can be asked of a shared folder. */
export interface SharedFolderOptions {
  /** Where the hosts see it. */
  readonly path: string
  /** Default 1024. Takes disk space only for what is written. */
  readonly sizeMiB?: number
  /** Who gets it at once; default every host of the lab. */
  readonly hosts?: readonly LabHost[]
}

/** Where a lab keeps its shared folders. */
export const foldersOf = (labDir: string): string => `${labDir}/folders`

/**
 * A file system of its own that several hosts have mounted. It stands in for a server's share: all hosts of the fast lab have one kernel, so its
 * locks are those of one kernel too and show nothing of what a server does with them (GlusterFS and deep hosts do).
 */
export class SharedFolder {
  /** Where the hosts see it. */
  readonly path: string
  /** Where the test itself sees it. */
  readonly machinePath: string
  readonly #image: string
  readonly #sizeMiB: number
  #device = ''

  constructor(labDir: string, number: number, options: SharedFolderOptions) {
    this.path = options.path
    this.#sizeMiB = options.sizeMiB ?? 1024
    this.machinePath = `${foldersOf(labDir)}/${number}`
    this.#image = `${this.machinePath}.ext4`
  }

  /** Makes the file system, empty, and mounts it for the test itself. */
  async create(): Promise<void> {
    await mkdir(this.machinePath, { recursive: true })
    await writeFile(this.#image, '')
    await truncate(this.#image, this.#sizeMiB * 1024 * 1024)
    await runCommand('mkfs.ext4', ['-q', '-m', '0', this.#image])
    this.#device = (await runCommand('losetup', ['--find', '--show', this.#image])).stdout.trim()
    await runCommand('mount', [this.#device, this.machinePath])
    await rm(`${this.machinePath}/lost+found`, { recursive: true })
  }

  /** Mounts it on a host: at first, after `takeFrom`, and after the host's power was cut. */
  async giveTo(host: LabHost): Promise<void> {
    await host.exec(`mkdir -p ${this.path} && mount ${this.#device} ${this.path}`)
  }

  /** Takes it away from one host, which sees an empty folder there then. Files that are open stay so. */
  async takeFrom(host: LabHost): Promise<void> {
    await host.exec(`umount -l ${this.path}`)
  }

  /** Makes it read-only on one host (EROFS), or writable again. Fails while a file is open there for writing. */
  async setReadOnly(host: LabHost, readOnly: boolean): Promise<void> {
    await host.exec(`mount -o remount,bind,${readOnly ? 'ro' : 'rw'} ${this.path}`)
  }

  /** Gives its root to an owner (`36:36`) with a mode. */
  async setOwner(owner: string, mode = '0755'): Promise<void> {
    await runCommand('chown', [owner, this.machinePath])
    await runCommand('chmod', [mode, this.machinePath])
  }

  /** Fills it up but for `leaveKiB` (ENOSPC), by a file `.full` in it. */
  async fillUp({ leaveKiB = 0 }: { readonly leaveKiB?: number } = {}): Promise<void> {
    const { stdout } = await runCommand('stat', ['-f', '-c', '%a %S', this.machinePath])
    const [blocks = 0, blockBytes = 0] = stdout.trim().split(' ').map(Number)
    const bytes = blocks * blockBytes - leaveKiB * 1024
    // Where the file system needs the last blocks for itself, the file ends a little earlier; what is left then is written full.
    await runCommand('fallocate', ['-l', String(bytes), `${this.machinePath}/.full`], { allowFailure: true })
    if (leaveKiB === 0)
      await runCommand('sh', ['-c', 'cat /dev/zero >> "$0"', `${this.machinePath}/.full`], { allowFailure: true })
  }

  /** Undoes `fillUp`. */
  async freeUp(): Promise<void> {
    await rm(`${this.machinePath}/.full`)
  }

  /** Makes every write on every host wait, also past KILL, until `thaw`; reading goes on. (A mount that hangs whole: `GlusterVolume.hang`.) */
  async freeze(): Promise<void> {
    await runCommand('fsfreeze', ['--freeze', this.machinePath])
  }

  /** Lets the writes go on. */
  async thaw(): Promise<void> {
    await runCommand('fsfreeze', ['--unfreeze', this.machinePath])
  }
}

/** Lets writes go on that a test left waiting: what waits there can't be killed. */
export async function thawFolders(labDir: string): Promise<void> {
  for (const folder of await listFolders(labDir))
    await runCommand('fsfreeze', ['--unfreeze', folder], { allowFailure: true })
}

/** Removes the shared folders of a lab whose hosts have ended. */
export async function removeFolders(labDir: string): Promise<void> {
  for (const folder of await listFolders(labDir)) {
    await runCommand('umount', ['-l', folder], { allowFailure: true })
    const { stdout } = await runCommand('losetup', ['-n', '-O', 'NAME', '-j', `${folder}.ext4`], { allowFailure: true })
    for (const device of stdout.split('\n').filter(Boolean)) await runCommand('losetup', ['-d', device.trim()])
  }
  await rm(foldersOf(labDir), { recursive: true, force: true })
}

async function listFolders(labDir: string): Promise<string[]> {
  const folders = foldersOf(labDir)
  if (!existsSync(folders)) return []
  return (await readdir(folders)).filter((name) => /^\d+$/.test(name)).map((name) => `${folders}/${name}`)
}
