import { buildScript, parseScriptOutput, type SshSession } from '../ssh/index.ts'
import type { RouteCallOptions } from './host-route.ts'

const TIMEOUT_MS = 10_000
/** With room for what the login shell prints before. */
const OUTPUT_BYTES = 64 * 1024

/*
 * The kernel's own name of its run, and when its first process began: a host in a container shares the kernel's name with others,
 * and comes up with a first process of its own. Where the second cannot be read (hidepid), the first has to do.
 */
const SCRIPT = "cat /proc/sys/kernel/random/boot_id; sed 's/.*) //' /proc/1/stat 2>/dev/null | cut -d' ' -f20"

/**
 * Reads what names the present run of a host: another value means that it was started anew. Null where it has neither.
 * Errors: those of `exec`. Source: proc(5), random(4).
 */
export async function fetchBootId(session: SshSession, { signal }: RouteCallOptions = {}): Promise<string | null> {
  const limits = { timeoutMs: TIMEOUT_MS, maxOutputBytes: OUTPUT_BYTES, ...(signal === undefined ? {} : { signal }) }
  return parseBootId(parseScriptOutput((await session.exec(buildScript(SCRIPT), limits)).stdout))
}

/** The script's lines as one value; null for anything that is none. Pure. */
export function parseBootId(output: string): string | null {
  const [bootId = '', started = ''] = output.split('\n').map((line) => line.trim())
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(bootId)) return null
  return /^\d{1,20}$/.test(started) ? `${bootId}/${started}` : bootId
}
