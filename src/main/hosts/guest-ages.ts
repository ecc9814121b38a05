import { readdir, readFile } from 'node:fs/promises'
import type { SshSession } from '../ssh/index.ts'
import { mapLimit } from './concurrency.ts'
import type { HostLink } from './host-link.ts'

/** How long each running guest's QEMU has been running, by the domain's UUID. Milliseconds, to the second. */
export type GuestAges = ReadonlyMap<string, number>

/*
 * libvirt does not tell when a domain was started. Its QEMU carries the domain's UUID among its arguments, and the system
 * knows how long each process has been running: a duration, so that it does not matter what the host's clock shows.
 */
const COMMAND =
  'ps -ww -eo etimes=,args= | sed -n ' +
  "'s/^ *\\([0-9]\\{1,12\\}\\) .* -uuid \\([0-9a-fA-F-]\\{36\\}\\)\\( .*\\)\\{0,1\\}$/\\1 \\2/p'"
const LINE = /^(\d{1,12}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i
const TIMEOUT_MS = 15_000
const OUTPUT_LIMIT_BYTES = 1024 * 1024
/** `USER_HZ`, which is what /proc counts in on every architecture that runs QEMU with KVM. */
const TICKS_PER_SECOND = 100
const READS_AT_ONCE = 16

/**
 * Asks a host over its session, or this computer itself. Empty where the host has no `ps` that can tell, does not show this
 * user other users' processes, or is not connected. Errors: those of `exec`.
 */
export async function fetchGuestAges(
  link: Pick<HostLink, 'definition' | 'session'>,
  signal: AbortSignal,
): Promise<GuestAges> {
  if (link.definition.transport === 'local') return fetchLocalGuestAges()
  const session = link.session()
  return session === null ? new Map() : fetchRemoteGuestAges(session, signal)
}

async function fetchRemoteGuestAges(session: SshSession, signal: AbortSignal): Promise<GuestAges> {
  const { stdout } = await session.exec(COMMAND, {
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: OUTPUT_LIMIT_BYTES,
    signal,
  })
  return parseGuestAges(stdout)
}

/** Reads lines of "seconds uuid"; anything else (a greeting of the user's shell) is passed over. Pure. */
export function parseGuestAges(text: string): GuestAges {
  const ages = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, seconds = '', uuid = ''] = LINE.exec(line.trim()) ?? []
    if (uuid !== '') ages.set(uuid.toLowerCase(), Number(seconds) * 1_000)
  }
  return ages
}

async function fetchLocalGuestAges(): Promise<GuestAges> {
  const uptime = await readFile('/proc/uptime', 'utf8').catch(() => null)
  if (uptime === null) return new Map()
  const uptimeMs = Number.parseFloat(uptime) * 1_000
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await mapLimit(processes, READS_AT_ONCE, (pid) => fetchGuestAge(pid, uptimeMs))
  return new Map(found.filter((age) => age !== null))
}

/** Null for a process that is no guest, that has ended, or that may not be looked at. */
async function fetchGuestAge(pid: string, uptimeMs: number): Promise<readonly [string, number] | null> {
  try {
    const uuid = findUuid(await readFile(`/proc/${pid}/cmdline`, 'utf8'))
    if (uuid === null) return null
    const startedMs = parseStartMs(await readFile(`/proc/${pid}/stat`, 'utf8'))
    return startedMs === null ? null : [uuid, Math.max(0, uptimeMs - startedMs)]
  } catch {
    // Processes come and go while they are looked at.
    return null
  }
}

function findUuid(commandLine: string): string | null {
  const args = commandLine.split('\0')
  const uuid = args[args.indexOf('-uuid') + 1]
  return uuid !== undefined && args.includes('-uuid') && LINE.test(`0 ${uuid}`) ? uuid.toLowerCase() : null
}

/** Field 22 of /proc/<pid>/stat (proc(5)), in milliseconds since the boot. The name in field 2 may hold blanks and brackets. */
function parseStartMs(stat: string): number | null {
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  return Number.isFinite(ticks) ? (ticks * 1_000) / TICKS_PER_SECOND : null
}
