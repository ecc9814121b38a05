import { asRootCommand, type DiskHost, hostFailed, refuseLocal } from './run-as-root.ts'
import { endedWithInput, inFolder } from './scripts.ts'

const OPEN_TIMEOUT_MS = 30_000
const KEPT_CHARACTERS = 64 * 1024

export interface LongRunOptions {
  /** Ended with all that it started when this is aborted. */
  readonly signal: AbortSignal
  readonly onOutput?: (text: string) => void
  /** How far it is by qemu-img's own words, 0–1. */
  readonly report?: ((fraction: number) => void) | undefined
}

export interface LongRunEnd {
  readonly exitCode: number
  /** The end of what it printed. */
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs what takes long, as root in a folder, over the host's session for bulk data; it ends when nobody waits for it any more. The exit code is
 * the caller's to judge. Errors: storage.needs-ssh, those of the link's bulk data, storage.host-failed.
 */
export async function runLong(
  host: DiskHost,
  folder: string,
  script: string,
  options: LongRunOptions,
): Promise<LongRunEnd> {
  refuseLocal(host)
  const { signal, onOutput, report } = options
  const command = await host.bulk.openCommand(asRootCommand(endedWithInput(inFolder(folder, script))), {
    timeoutMs: OPEN_TIMEOUT_MS,
    // It may be silent for as long as it works. A host that is gone ends its session.
    idleTimeoutMs: 0,
    signal,
  })
  let stdout = ''
  for await (const chunk of command.output) {
    const text = Buffer.from(chunk).toString('utf8')
    stdout = (stdout + text).slice(-KEPT_CHARACTERS)
    onOutput?.(text)
    const fraction = report === undefined ? null : readPercent(text)
    if (fraction !== null) report?.(fraction)
  }
  const { exitCode, stderr } = await command.ended
  if (exitCode === null) throw hostFailed(host, folder, stderr || 'it was ended')
  return { exitCode, stdout, stderr }
}

/** How far qemu-img is by the last of its percents, 0–1; null: it said none. Pure. */
function readPercent(text: string): number | null {
  const last = Number([...text.matchAll(/\((\d+\.\d+)\/100%\)/g)].at(-1)?.[1])
  return Number.isFinite(last) ? last / 100 : null
}
