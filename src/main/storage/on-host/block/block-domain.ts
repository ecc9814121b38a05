import { randomUUID } from 'node:crypto'
import { type BlockStorage, isBlockStorage, type StorageDomainId } from '../../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../../shared/errors/index.ts'
import { mapLimit } from '../../../hosts/index.ts'
import { fetchDescriptor, fetchDigests, fetchDomainFiles, writeDescriptor, writeDomainFiles } from '../domain-files.ts'
import { holdOwnerLock } from '../owner-lock.ts'
import { connect, disconnect, fetchPoolState } from '../pools.ts'
import { type RootScriptResult, runAsRoot } from '../root-script.ts'
import type { DomainPool, DomainSpace, HostCallOptions, OnHost, StorageHost } from '../types.ts'
import { examineLuns } from './examine-block.ts'
import { explainBlock } from './explain-block.ts'
import { logInToStay, logOut } from './iscsi-script.ts'
import { findDevices, LUN_FUNCTIONS } from './lun-script.ts'
import {
  groupOf,
  LVM_FUNCTION,
  MOUNTED_ELSEWHERE,
  makeGroup,
  metadataFolderOf,
  mountMetadata,
  NO_GROUP,
  NOT_HERE,
  requireGroup,
  unmountMetadata,
} from './lvm-script.ts'

const TIMEOUT_MS = 240_000
/** A mount waits for the beat of a host that may still have it. */
const HOLD_TIMEOUT_MS = 90_000
const RELEASE_TIMEOUT_MS = 30_000
const READERS_AT_ONCE = 8

/** Where the CHAP password of a domain is kept; undefined: it has none. */
export type FetchChapPassword = (storageDomainId: StorageDomainId) => Promise<string | undefined>

/**
 * A domain on LUNs, as {@link OnHost} wants it: a volume group of LVM. Its own files lie on a logical volume that only the host which
 * manages the domain has mounted (ADR 49). On each host it is a pool as other domains are, with the folder of that mount as its target.
 */
export function createBlockDomain(fetchChapPassword: FetchChapPassword): OnHost {
  return {
    examine: examineLuns,
    connect: async (host, pool, options) => {
      const { lunIds } = storageOf(pool)
      const chapPassword = await fetchChapPassword(pool.id)
      const script = [
        logInToStay(pool.id, storageOf(pool)),
        LUN_FUNCTIONS,
        findDevices(lunIds, { patient: true }),
        `mkdir -p ${metadataFolderOf(pool)}`,
      ]
      try {
        await run(host, pool, script, options, chapPassword)
        return await connect(host, asFolder(pool), options)
      } catch (error) {
        await takeOff(host, pool, {}).catch((trouble: unknown) => {
          if (!isAppError(trouble)) throw trouble
        })
        throw error
      }
    },
    disconnect: takeOff,
    fetchPoolState: (host, pool, options) => fetchPoolState(host, asFolder(pool), options),
    fetchSpace,
    fetchMounted: async () => null,
    fetchDescriptor: async (host, pool, options) => {
      const isThere = await enter(host, pool, [mountMetadata(pool)], options, NO_GROUP)
      return isThere ? fetchDescriptor(host, asFolder(pool), options) : null
    },
    isMade: async (host, pool, options) => enter(host, pool, [], options, NO_GROUP),
    writeDescriptor: async (host, pool, descriptor, options) => {
      const isNew = options.owner === undefined
      await enter(host, pool, [mountMetadata(pool)], options, null, isNew ? [makeGroup(pool)] : [])
      await writeDescriptor(host, asFolder(pool), descriptor, options)
    },
    writeFiles: async (host, pool, changes, options) => {
      // Where it is not mounted the folder is one of the host's own.
      await run(host, pool, [`mountpoint -q ${metadataFolderOf(pool)} || exit ${NOT_HERE}`], options)
      await writeDomainFiles(host, asFolder(pool), changes, options)
    },
    fetchFiles: async (host, pool, folder, options) => fetchDomainFiles(host, asFolder(pool), folder, options),
    fetchDigests: async (host, pool, folder, options) => fetchDigests(host, asFolder(pool), folder, options),
    removeDescriptor: removeGroup,
    // Mounted once more: that is refused while another host has it.
    format: async (host, pool, options) => {
      if (await enter(host, pool, [mountMetadata(pool)], options, NO_GROUP)) await removeGroup(host, pool, options)
    },
    proveShared,
    // QEMU's lock of a block device is one of the host's own: another host does not see it.
    proveLocks: async () => ({ verdict: 'none', leaseSeconds: null }),
    holdOwnerLock: async (host, pool, engine, options) =>
      holdOwnerLock(host, asFolder(pool), engine, {
        ...options,
        before: [
          LUN_FUNCTIONS,
          findDevices(storageOf(pool).lunIds),
          LVM_FUNCTION,
          `leave() { cd /; exec 8<&- 9>&-; ${unmountMetadata(pool)}; }; trap leave EXIT; trap "exit 143" TERM HUP INT`,
          `( ${mountMetadata(pool)} ) >&2; c=$?; if [ $c = ${MOUNTED_ELSEWHERE} ]; then echo "@foreign "; exit 0; fi; [ $c = 0 ] || exit $c`,
        ].join('\n'),
        answerTimeoutMs: HOLD_TIMEOUT_MS,
        releaseTimeoutMs: RELEASE_TIMEOUT_MS,
      }),
  }
}

function storageOf({ storage }: Pick<DomainPool, 'storage'>): BlockStorage {
  if (!isBlockStorage(storage)) throw new Error('not a domain on LUNs')
  return storage
}

/** The pool that marks it on a host. */
function asFolder(pool: DomainPool): DomainPool {
  const path = metadataFolderOf(pool)
  return { ...pool, targetPath: path, storage: { kind: 'local', path } }
}

async function run(
  host: StorageHost,
  pool: DomainPool,
  script: readonly string[],
  { signal }: HostCallOptions,
  chapPassword = '',
): Promise<string> {
  const result = await runRaw(host, pool, script, { signal }, chapPassword)
  if (result.exitCode !== 0) throw explainBlock(host, pool.id, result)
  return result.stdout
}

function runRaw(
  host: StorageHost,
  pool: DomainPool,
  script: readonly string[],
  { signal }: HostCallOptions,
  chapPassword = '',
): Promise<RootScriptResult> {
  const limits = { signal, path: groupOf(pool.id), timeoutMs: TIMEOUT_MS, input: `${chapPassword}\n` }
  return runAsRoot(host, script.join('\n'), limits)
}

/** Runs what works on the volume group of this domain. False: it ended with `unless`. */
async function enter(
  host: StorageHost,
  pool: DomainPool,
  script: readonly string[],
  options: HostCallOptions,
  unless: number | null,
  before: readonly string[] = [],
): Promise<boolean> {
  const { lunIds } = storageOf(pool)
  const all = [LUN_FUNCTIONS, findDevices(lunIds), LVM_FUNCTION, ...before, requireGroup(pool), ...script]
  const result = await runRaw(host, pool, all, options)
  if (result.exitCode === unless) return false
  if (result.exitCode !== 0) throw explainBlock(host, pool.id, result)
  return true
}

/** The volume group as this host reads it from the LUNs. Errors: storage.lun-missing, storage.no-descriptor, storage.other-domain, … */
async function fetchSpace(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<DomainSpace> {
  const said = await run(
    host,
    pool,
    [
      LUN_FUNCTIONS,
      findDevices(storageOf(pool).lunIds),
      LVM_FUNCTION,
      requireGroup(pool),
      'lv vgs --readonly --noheadings --units b --nosuffix --separator " " -o vg_size,vg_free $vg',
    ],
    options,
  )
  const [, size, free] = /^\s*(\d+) (\d+)\s*$/m.exec(said) ?? []
  const capacityBytes = Number(size ?? 0)
  const availableBytes = Number(free ?? 0)
  return { capacityBytes, availableBytes, allocationBytes: capacityBytes - availableBytes }
}

/** Off a host: what of it is mounted or active there, its pool, and the sessions that were logged in to for it. */
async function takeOff(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<void> {
  const { lunIds } = storageOf(pool)
  const folder = metadataFolderOf(pool)
  const release = [
    LUN_FUNCTIONS,
    // Where the LUNs are gone there is nothing to let go of but what the kernel still has.
    `if mountpoint -q ${folder}; then umount ${folder} || exit 1; fi`,
    `( ${findDevices(lunIds)}\n${LVM_FUNCTION}; vg=${groupOf(pool.id)}; if lv vgs --readonly $vg >/dev/null 2>&1; then lv vgchange -q -a n $vg >&2 || exit 1; fi ) >/dev/null; c=$?`,
    `case $c in 0|20) ;; *) exit $c;; esac`,
  ]
  await run(host, pool, release, options)
  await disconnect(host, asFolder(pool), options)
  await run(host, pool, [`rmdir ${folder} 2>/dev/null`, logOut(pool.id), 'exit 0'], options)
}

/** Takes the volume group off the LUNs, with all that is on it. Does nothing where it is not there. */
async function removeGroup(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<void> {
  const remove = [
    unmountMetadata(pool),
    `lv vgchange -q -a n $vg >/dev/null || exit 1`,
    `lv vgremove -q -f -y $vg >/dev/null || exit 1`,
    `lv pvremove -q -y $devices >/dev/null || exit 1`,
  ]
  await enter(host, pool, remove, options, NO_GROUP)
}

/** Writes a tag into the volume group through one host, and reads it through each other one. Leaves no tag. */
async function proveShared(
  writer: StorageHost,
  readers: readonly StorageHost[],
  pool: DomainPool,
  options: HostCallOptions,
): Promise<ReadonlyMap<StorageHost['id'], AppError>> {
  const others = readers.filter(({ id }) => id !== writer.id)
  if (others.length === 0) return new Map()
  const token = `virtdeck.token=${randomUUID()}`
  try {
    await enter(writer, pool, [`lv vgchange -q --addtag ${token} $vg >/dev/null || exit 1`], options, null)
    const found = await mapLimit(others, READERS_AT_ONCE, async (reader) => {
      const error = await readToken(reader)
      return error === null ? [] : [[reader.id, error] as const]
    })
    return new Map(found.flat())
  } finally {
    await enter(writer, pool, [`lv vgchange -q --deltag ${token} $vg >/dev/null || exit 1`], {}, null).catch(
      (error: unknown) => {
        if (!isAppError(error)) throw error
      },
    )
  }

  async function readToken(reader: StorageHost): Promise<AppError | null> {
    const names = { hostName: reader.definition.name, path: groupOf(pool.id), otherHostName: writer.definition.name }
    const notShared = new AppError('storage.not-shared', names, { hostId: reader.id })
    try {
      await enter(
        reader,
        pool,
        [`case ",$(echo $tags)," in *,${token},*) ;; *) exit ${NO_GROUP};; esac`],
        options,
        null,
      )
      return null
    } catch (error) {
      if (!isAppError(error) || isAppError(error, 'ssh.aborted')) throw error
      return isAppError(error, 'storage.no-descriptor') || isAppError(error, 'storage.other-domain') ? notShared : error
    }
  }
}
