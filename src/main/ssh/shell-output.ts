import { AppError } from '../../shared/errors/index.ts'
import { boundText } from './failure.ts'

/** Stands on a line of its own between what a login shell's start-up files print and what the command prints. */
const MARK = '@@virtdeck@@'
const HELD_LIMIT_BYTES = 64 * 1024
const SHOWN = 200
/** A packet of libvirt begins with its length, at most 32 MiB: the first byte is 0, 1 or 2, which is no text. */
const FIRST_BYTE_MAX = 2

/**
 * The command for any login shell (csh and fish are none of POSIX's) to run a script of POSIX shell, on one line. What the
 * shell's start-up files print can be told from the script's output by `parseScriptOutput`.
 */
export function buildScript(script: string): string {
  return `exec sh -c ${shellQuote(`echo ${MARK}; ${script}`)}`
}

/** What the script itself printed; all of it where the mark lacks, as when the host runs another command instead. */
export function parseScriptOutput(stdout: string): string {
  const at = stdout.indexOf(`${MARK}\n`)
  return at === -1 ? stdout : stdout.slice(at + MARK.length + 1)
}

/** A command that becomes a tunnel to libvirt, for `createTunnelScreen` to find where it begins. */
export function buildTunnel(command: string): string {
  return `echo ${MARK}; exec ${command}`
}

/** Keeps a tunnel to libvirt free of text. */
export interface TunnelScreen {
  /** Takes what comes and gives what is libvirt's of it. Throws ssh.shell-output for text that stands in its place. */
  screen(chunk: Buffer): Buffer
  /** What came and was held back until now, as it can be shown; '' once the tunnel has begun, or when there was nothing. */
  heldText(): string
}

/**
 * Builds the screen of one tunnel that was opened with `buildTunnel`; `target` is what it leads to. `onBegin` is called once, when
 * the start-up files of the login shell are through.
 */
export function createTunnelScreen(target: string, onBegin: () => void): TunnelScreen {
  const mark = Buffer.from(`${MARK}\n`)
  let held = Buffer.alloc(0)
  let phase: 'before' | 'begun' | 'libvirt' = 'before'
  const judge = (chunk: Buffer): Buffer => {
    const [first] = chunk
    if (first === undefined) return chunk
    if (first > FIRST_BYTE_MAX) throw shellOutputError(target, chunk)
    phase = 'libvirt'
    return chunk
  }
  return {
    screen(chunk) {
      if (phase === 'libvirt') return chunk
      if (phase === 'begun') return judge(chunk)
      held = Buffer.concat([held, chunk])
      const at = held.indexOf(mark)
      if (at === -1 && held.length > HELD_LIMIT_BYTES) throw shellOutputError(target, held)
      if (at === -1) return Buffer.alloc(0)
      phase = 'begun'
      onBegin()
      return judge(held.subarray(at + mark.length))
    },
    heldText: () => (phase === 'before' ? toShownText(held) : ''),
  }
}

/** The error for text where a protocol's first packet should be. */
export function shellOutputError(target: string, text: Buffer, cause?: unknown): AppError<'ssh.shell-output'> {
  return new AppError('ssh.shell-output', { target, text: toShownText(text) }, { cause })
}

function toShownText(text: Buffer): string {
  return boundText(text.toString('utf8', 0, 4 * SHOWN), SHOWN)
}

/** Quotes one word for a POSIX shell. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
