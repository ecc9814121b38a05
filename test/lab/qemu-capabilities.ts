import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { keyOf } from './debian-root.ts'
import type { HostOptions } from './host-files.ts'
import { runDir } from './lock.ts'

/*
 * libvirt asks each QEMU what it can do, which is most of what a host's start costs, and keeps the answers with the times and
 * versions that they hold for. Hosts of the same programs hand them on; libvirt itself judges whether they still hold.
 */
const folderOf = ({ kernel = 'shared' }: HostOptions, layers: readonly string[]): string =>
  `${runDir}/capabilities-${keyOf(kernel === 'own' ? [kernel, ...layers] : layers)}`

/** Gives a new host, whose /var/cache/libvirt is `cache`, what an earlier one with the same layers was told. */
export async function copyCapabilities(options: HostOptions, layers: readonly string[], cache: string): Promise<void> {
  const known = folderOf(options, layers)
  if (existsSync(known)) await cp(known, `${cache}/qemu/capabilities`, { recursive: true, preserveTimestamps: true })
}

/** Keeps what a host was told, for the next ones; the first host's is kept. */
export async function keepCapabilities(options: HostOptions, layers: readonly string[], cache: string): Promise<void> {
  const known = folderOf(options, layers)
  const told = `${cache}/qemu/capabilities`
  if (existsSync(known) || !existsSync(told)) return
  const half = `${known}.${process.pid}`
  await mkdir(runDir, { recursive: true, mode: 0o700 })
  await cp(told, half, { recursive: true, preserveTimestamps: true })
  try {
    await rename(half, known)
  } catch (error) {
    // another host of the same layers was faster
    if (!existsSync(known)) throw error
    await rm(half, { recursive: true })
  }
}
