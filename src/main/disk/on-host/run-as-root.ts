import { AppError } from '../../../shared/errors/index.ts'
import { type HostLink, shellQuote } from '../../hosts/index.ts'

const OUTPUT_BYTES = 1024 * 1024
const DETAIL_CHARACTERS = 500
const NO_SPACE = /No space left on device|Disk quota exceeded/

/** What of a host's link is needed here. */
export type DiskHost = Pick<HostLink, 'id' | 'definition' | 'runScript' | 'bulk' | 'whenLive' | 'family' | 'isLive'>

export interface RootScriptOptions {
  /** What it is about, for errors. */
  readonly path: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  readonly maxOutputBytes?: number
  /** For its standard input. */
  readonly input?: string | undefined
  /** Told what it prints as it comes. */
  readonly onStdout?: (chunk: Buffer) => void
}

/** A POSIX shell script as one command that runs it as root: as who signed in where that is root, else by sudo. Pure. */
export function asRootCommand(script: string): string {
  const run = `sh -c ${shellQuote(`LC_ALL=C; export LC_ALL; ${script}`)}`
  return `exec sh -c ${shellQuote(`if [ "$(id -u)" = 0 ]; then exec ${run}; else exec sudo -n ${run}; fi`)}`
}

/** Runs a script as root that has to succeed; what it printed. Errors: storage.needs-ssh, storage.full, storage.host-failed, and those of the link. */
export async function runAsRoot(host: DiskHost, script: string, options: RootScriptOptions): Promise<string> {
  const { path, maxOutputBytes = OUTPUT_BYTES, onStdout, input, ...limits } = options
  refuseLocal(host)
  const { exitCode, stdout, stderr } = await host.runScript(asRootCommand(script), {
    ...limits,
    maxOutputBytes,
    ...(onStdout === undefined ? {} : { onStdout }),
    ...(input === undefined ? {} : { input }),
  })
  if (exitCode !== 0) throw hostFailed(host, path, stderr || `exit code ${exitCode}`)
  return stdout
}

/** This computer, reached by its socket, runs nothing. */
export function refuseLocal({ definition, id: hostId }: DiskHost): void {
  if (definition.transport === 'local')
    throw new AppError('storage.needs-ssh', { hostName: definition.name }, { hostId })
}

/** What a host said of something that failed, on one line, bounded, free of what moves a cursor. */
export function hostFailed({ definition, id: hostId }: DiskHost, path: string, said: string): AppError {
  const hostName = definition.name
  if (NO_SPACE.test(said)) return new AppError('storage.full', { hostName, path }, { hostId })
  const detail = said.trim().replaceAll(/\s+/g, ' ').replaceAll(/\p{C}/gu, '\u{fffd}').slice(-DETAIL_CHARACTERS)
  return new AppError('storage.host-failed', { hostName, path, detail }, { hostId })
}
