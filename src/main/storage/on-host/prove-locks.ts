import { randomUUID } from 'node:crypto'
import type { MountedAs } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { shellQuote } from '../../hosts/index.ts'
import { writeDomainFiles } from './domain-files.ts'
import { openRootCommand } from './root-command.ts'
import { hostFailed, runAsRoot, runAsRootOrFail } from './root-script.ts'
import type { DomainPool, HostCallOptions, LockFinding, StorageHost } from './types.ts'

const HOLD_TIMEOUT_MS = 60_000
/** qemu-io prints it once the image is open. */
const PROMPT = /qemu-io> $/
const REFUSED = 10

/**
 * Takes QEMU's lock of an image through one host and asks for it through another, by QEMU's own `qemu-io`; then lets go, and sees that the other
 * gets it. The image is made for it and removed. Errors: storage.lock-tools-missing, storage.host-failed, and those of running a script as root.
 */
export async function proveLocks(
  holder: StorageHost,
  other: StorageHost,
  pool: Pick<DomainPool, 'targetPath'>,
  mounted: MountedAs | null,
  options: HostCallOptions,
): Promise<LockFinding> {
  const { targetPath } = pool
  const fileName = `lock-${randomUUID()}.qcow2`
  const image = `${targetPath}/.virtdeck/${fileName}`
  for (const host of [holder, other]) await assertTools(host, targetPath, options)
  try {
    await writeDomainFiles(holder, pool, [{ folder: null, fileName, text: '' }], options)
    // Of a raw image qemu-io, unlike a machine's QEMU, would let others write: a format that keeps notes of its own does not.
    const script = `f=${shellQuote(image)}; qemu-img create -q -f qcow2 "$f" 1M >&2 || exit 1; exec qemu-io -f qcow2 "$f" 2>&1`
    const command = await openRootCommand(holder, script, targetPath, options)
    let isRefused: boolean
    try {
      const prompt = await command.waitFor(PROMPT, HOLD_TIMEOUT_MS)
      if (prompt === null) {
        const { error, exitCode } = await command.ended
        throw error ?? hostFailed(holder, targetPath, `qemu-io ended with ${exitCode}`)
      }
      isRefused = await isOpenRefused(other, targetPath, image, false, options)
    } finally {
      command.finish()
    }
    if (!isRefused) return { verdict: 'none', leaseSeconds: null }
    await command.ended
    if (await isOpenRefused(other, targetPath, image, true, options)) {
      throw hostFailed(other, targetPath, 'the image stayed locked after it was let go')
    }
    return decideLockFinding(mounted, await fetchFencing(holder, targetPath, options))
  } finally {
    await writeDomainFiles(holder, pool, [{ folder: null, fileName, text: null }], {}).catch((error: unknown) => {
      if (!isAppError(error)) throw error
    })
  }
}

/** What the file system itself tells of a client that is cut off. */
export interface FencingFacts {
  /** Of NFS 4, as the server gives it. */
  readonly leaseSeconds: number | null
  /** Of GlusterFS: `client.strict-locks`; null where it does not say. */
  readonly strictLocks: boolean | null
  /** Of GlusterFS: after so many seconds the server lets go of a client that is silent. */
  readonly pingSeconds: number | null
}

/**
 * What an image lock that holds across hosts is worth when a host is lost: NFS 4.1 and later takes it from a client that is silent for its lease,
 * and fails all its later writes; GlusterFS does so with `client.strict-locks`. Pure.
 */
export function decideLockFinding(mounted: MountedAs | null, facts: FencingFacts): LockFinding {
  const version = mounted?.version ?? null
  if (version !== null && Number(version) >= 4.1) {
    return { verdict: 'exclusive-and-fencing', leaseSeconds: facts.leaseSeconds }
  }
  if (facts.strictLocks === true) return { verdict: 'exclusive-and-fencing', leaseSeconds: facts.pingSeconds }
  return { verdict: 'exclusive', leaseSeconds: null }
}

async function assertTools(host: StorageHost, path: string, options: HostCallOptions): Promise<void> {
  const { exitCode } = await runAsRoot(host, 'command -v qemu-io >/dev/null && command -v qemu-img >/dev/null', {
    ...options,
    path,
  })
  if (exitCode === 0) return
  const params = { hostName: host.definition.name, program: 'qemu-io', remedy: 'apt-get install qemu-utils' }
  throw new AppError('storage.lock-tools-missing', params, { hostId: host.id })
}

async function isOpenRefused(
  host: StorageHost,
  path: string,
  image: string,
  isPatient: boolean,
  options: HostCallOptions,
): Promise<boolean> {
  const tries = isPatient ? 40 : 1
  const script = [
    `f=${shellQuote(image)}; i=0`,
    'while [ ! -f "$f" ] && [ $i -lt 20 ]; do sleep 0.25; i=$((i + 1)); done; i=0',
    `while :; do o=$(qemu-io -f qcow2 "$f" -c quit 2>&1) && exit 0; case "$o" in *lock*) ;; *) printf %s "$o" >&2; exit 1;; esac; i=$((i + 1)); if [ $i -ge ${tries} ]; then exit ${REFUSED}; fi; sleep 0.25; done`,
  ].join('; ')
  const { exitCode, stderr } = await runAsRoot(host, script, { ...options, path })
  if (exitCode === 0) return false
  if (exitCode === REFUSED) return true
  throw hostFailed(host, path, stderr || `exit code ${exitCode}`)
}

async function fetchFencing(host: StorageHost, path: string, options: HostCallOptions): Promise<FencingFacts> {
  const script = [
    `m=$(stat -c %m -- ${shellQuote(path)})`,
    'echo "lease=$(awk -v m="$m" "/^device /{f=(\\$5==m)} f&&match(\\$0,/lease_time=[0-9]+/){print substr(\\$0,RSTART+11,RLENGTH-11);exit}" /proc/self/mountstats 2>/dev/null)"',
    'for o in strict-locks ping-timeout; do echo "$o=$(cat "$m"/.meta/graphs/active/*-client-*/options/$o 2>/dev/null | sort -u | head -n 2 | tr "\\n" " ")"; done',
  ].join('; ')
  return parseFencing(await runAsRootOrFail(host, script, { ...options, path }))
}

/** Reads what a host told of its mount. Pure. */
export function parseFencing(output: string): FencingFacts {
  const told = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(output)?.[1]?.trim() ?? ''
  const number = (text: string) => (/^\d{1,6}$/.test(text) ? Number(text) : null)
  const strict = told('strict-locks')
  return {
    leaseSeconds: number(told('lease')),
    // One of the bricks that says otherwise is enough for no.
    strictLocks: strict === '' ? null : /^(on|true|yes|enable|1)$/i.test(strict),
    pingSeconds: number(told('ping-timeout')),
  }
}
