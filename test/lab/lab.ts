import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { prepareGuestImages } from './guest-image.ts'
import { LabHost } from './host.ts'
import { createKey, type HostOptions, type HostPaths } from './host-files.ts'
import { readHostDefaults } from './host-system.ts'
import { acquireLock, type Lock, runDir } from './lock.ts'
import { clearNetwork, createNetns, isHost, listNetns, storageNumber } from './network.ts'
import { findLacks } from './requirements.ts'
import { removeFolders, SharedFolder, type SharedFolderOptions, thawFolders } from './shared-folder.ts'
import { type StorageSamples, StorageServer } from './storage-server.ts'

/** What a lab is made of. */
export interface LabOptions {
  /** How many hosts, 1 to 9. */
  readonly hosts: number
  /** For every host, unless `perHost` says otherwise. */
  readonly host?: HostOptions
  /** By the host's number (1 is the first). */
  readonly perHost?: Readonly<Record<number, HostOptions>>
}

/** A lab that is up. */
export interface Lab {
  readonly hosts: readonly LabHost[]
  /** The first host; most tests need one. */
  readonly host: LabHost
  /** Folder that every host sees as /mnt (shared storage). Guest images lie in /mnt/guests; /mnt/data and /mnt/iso are empty, for domains. */
  readonly sharedDir: string
  /** The lab's storage server, which the first call starts: GlusterFS, iSCSI. */
  startStorageServer(): Promise<StorageServer>
  /** A further shared folder, a file system of its own with faults to order. */
  shareFolder(options: SharedFolderOptions): Promise<SharedFolder>
  /** Ends every host and removes what the lab made. Safe to call twice. */
  stop(): Promise<void>
}

/** What is known of a lab from another process. */
export interface LabRecord {
  readonly slot: number
  readonly dir: string
  readonly hosts: readonly {
    readonly name: string
    readonly address: string
    readonly port: number
    readonly user: string
    readonly privateKeyPath: string
    readonly hostKeyType: string
    readonly hostKeyFingerprint: string
    readonly migrationAddress: string
  }[]
  /** What a storage server serves, where there is one. */
  readonly storage?: StorageSamples
}

/** The slot of `npm run lab`; the slots above it belong to test runs, so both can be up at once. (The lab's own test sets the variable.) */
export const cliSlot = Number(process.env.VIRTDECK_LAB_SLOT ?? 0)
const firstTestSlot = 1
const lastTestSlot = 8
const lastSlot = 9
const defaultDir = '/var/tmp/virtdeck-lab'
const recordFile = (slot: number) => `${runDir}/slot-${slot}.json`

/**
 * Starts a lab for a test run, in a slot of its own, beside others that may be up. When this process dies without
 * `stop()`, a watcher removes the lab. Throws an Error that says what is missing where the lab can't run.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  assertUsable()
  const { slot, lock } = await takeSlot()
  const dir = `${defaultDir}-test/slot-${slot}`
  const stop = once(async () => {
    await clearSlot(slot)
    await lock.release()
  })
  try {
    await clearSlot(slot)
    const hosts = await createHosts(slot, dir, options)
    return { hosts, host: first(hosts), sharedDir: `${dir}/shared`, ...storageOf(slot, dir, hosts), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * Keeps the networks of the lab up, whatever labs come and go, until the function that it resolves with is called. Their bridges have addresses
 * on this machine, and a browser here breaks off what it loads whenever an address comes or goes.
 */
export async function holdNetworks(): Promise<() => Promise<void>> {
  const { slot, lock } = await takeSlot()
  const release = once(async () => {
    await clearSlot(slot)
    await lock.release()
  })
  try {
    await clearSlot(slot)
    await createNetns(slot, storageNumber)
    return release
  } catch (error) {
    await release()
    throw error
  }
}

/** Starts the lab of `npm run lab`, with a storage server where that is asked for; it outlives this process. Clears first what an earlier one left. */
export async function bringUp(
  options: LabOptions & { readonly dir?: string; readonly storage?: boolean },
): Promise<LabRecord> {
  assertUsable()
  return withSlot(cliSlot, async () => {
    await clearAbandonedSlots()
    await clearSlot(cliSlot)
    const dir = options.dir ?? defaultDir
    try {
      const hosts = await createHosts(cliSlot, dir, options)
      if (options.storage) {
        const server = await storageOf(cliSlot, dir, hosts).startStorageServer()
        await writeRecord({ ...summarize(cliSlot, dir, hosts), storage: await server.startSamples() })
      }
    } catch (error) {
      await clearSlot(cliSlot)
      throw error
    }
    const record = await readRecord(cliSlot)
    if (!record) throw new Error('The lab was cleared while it started.')
    return record
  })
}

/** Ends the lab of `npm run lab` and what crashed test runs left; nothing to do is fine. */
export async function bringDown(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('Run it as root: the lab is made of network namespaces.')
  await withSlot(cliSlot, async () => {
    await clearAbandonedSlots()
    await clearSlot(cliSlot)
  })
}

/** The labs that are up at present, with how many of their hosts exist. */
export async function readStatus(): Promise<{ record: LabRecord; hostsUp: number }[]> {
  const found: { record: LabRecord; hostsUp: number }[] = []
  for (let slot = 0; slot <= lastSlot; slot++) {
    const record = await readRecord(slot)
    if (record) found.push({ record, hostsUp: (await listNetns(slot)).filter(isHost).length })
  }
  return found
}

/** Removes whatever a slot has: processes, namespaces, links, files. The caller holds the slot's lock. */
export async function clearSlot(slot: number): Promise<void> {
  const record = await readRecord(slot)
  if (record) await thawFolders(record.dir)
  await clearNetwork(slot)
  if (record) {
    await removeFolders(record.dir)
    for (const name of [
      'node0',
      'node1',
      'node2',
      'node3',
      'node4',
      'node5',
      'node6',
      'node7',
      'node8',
      'node9',
      'shared',
    ])
      await rm(`${record.dir}/${name}`, { recursive: true, force: true })
    // the keys of `npm run lab` stay: a person who pinned its hosts would be warned of changed keys otherwise
    if (slot !== cliSlot) await rm(record.dir, { recursive: true, force: true })
  }
  await rm(recordFile(slot), { force: true })
}

async function createHosts(slot: number, dir: string, options: LabOptions): Promise<LabHost[]> {
  if (!Number.isInteger(options.hosts) || options.hosts < 1 || options.hosts > 9)
    throw new Error('A lab has 1 to 9 hosts.')
  const keys = `${dir}/keys`
  const shared = `${dir}/shared`
  await mkdir(keys, { recursive: true, mode: 0o700 })
  for (const name of ['guests', 'data', 'iso']) await mkdir(`${shared}/${name}`, { recursive: true })
  // written first, so that a run that is cut off here is still found
  await writeRecord({ slot, dir, hosts: [] })
  if (!existsSync(`${keys}/id`)) await createKey(`${keys}/id`)
  await prepareGuestImages(`${shared}/guests`)
  const defaults = readHostDefaults()
  const hosts = Array.from({ length: options.hosts }, (_, index) => {
    const number = index + 1
    const hostOptions = { ...defaults, ...(options.perHost?.[number] ?? options.host) }
    return new LabHost(slot, number, pathsOf(dir, number), hostOptions)
  })
  await Promise.all(hosts.map((host) => host.create()))
  await writeRecord(summarize(slot, dir, hosts))
  return hosts
}

/** What a lab has of storage beside the folder that every host has at once. */
function storageOf(slot: number, dir: string, hosts: readonly LabHost[]) {
  let folders = 0
  const startStorageServer = once(async () => {
    const server = new StorageServer(slot, pathsOf(dir, storageNumber))
    await server.host.create()
    return server
  })
  const shareFolder = async (options: SharedFolderOptions): Promise<SharedFolder> => {
    folders += 1
    const folder = new SharedFolder(dir, folders, options)
    await folder.create()
    await Promise.all((options.hosts ?? hosts).map((host) => folder.giveTo(host)))
    return folder
  }
  return { startStorageServer, shareFolder }
}

function pathsOf(dir: string, number: number): HostPaths {
  return { root: `${dir}/node${number}`, shared: `${dir}/shared`, keys: `${dir}/keys` }
}

function summarize(slot: number, dir: string, hosts: readonly LabHost[]): LabRecord {
  return {
    slot,
    dir,
    hosts: hosts.map((host) => ({
      name: host.name,
      address: host.address,
      port: 22,
      user: host.user,
      privateKeyPath: host.privateKeyPath,
      hostKeyType: host.hostKeyType,
      hostKeyFingerprint: host.hostKeyFingerprint,
      migrationAddress: host.migrationAddress,
    })),
  }
}

async function writeRecord(record: LabRecord): Promise<void> {
  await writeFile(recordFile(record.slot), JSON.stringify(record), { mode: 0o600 })
}

async function readRecord(slot: number): Promise<LabRecord | undefined> {
  const text = await readFile(recordFile(slot), 'utf8').catch(() => '')
  try {
    return JSON.parse(text) as LabRecord
  } catch {
    // cut off while it was written: the namespaces' names are enough to clear the slot
    return text === '' ? undefined : { slot, dir: `${defaultDir}-test/slot-${slot}`, hosts: [] }
  }
}

async function takeSlot(): Promise<{ slot: number; lock: Lock }> {
  const cli = fileURLToPath(new URL('cli.ts', import.meta.url))
  for (let slot = firstTestSlot; slot <= lastTestSlot; slot++) {
    const afterCrash = [process.execPath, cli, 'clear-slot', String(slot)]
    const lock = await acquireLock(`slot-${slot}`, { afterCrash })
    if (lock) return { slot, lock }
  }
  throw new Error(`${lastTestSlot} test runs have a lab up on this machine: no room for another.`)
}

async function withSlot<T>(slot: number, work: () => Promise<T>): Promise<T> {
  const lock = await acquireLock(`slot-${slot}`, { waitMs: 60_000 })
  if (!lock) throw new Error('Another `npm run lab` is at work on this machine for more than a minute.')
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

/** A test run that was killed together with its watcher leaves its slot unlocked. */
async function clearAbandonedSlots(): Promise<void> {
  for (let slot = firstTestSlot; slot <= lastTestSlot; slot++) {
    if (!existsSync(recordFile(slot)) && (await listNetns(slot)).length === 0) continue
    const lock = await acquireLock(`slot-${slot}`)
    if (!lock) continue
    await clearSlot(slot)
    await lock.release()
  }
}

function assertUsable(): void {
  const lacks = findLacks()
  if (lacks.length > 0) throw new Error(lacks.join('\n'))
}

function first(hosts: readonly LabHost[]): LabHost {
  const [host] = hosts
  if (!host) throw new Error('A lab has 1 to 9 hosts.')
  return host
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    running ??= work()
    return running
  }
}
