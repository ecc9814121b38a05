import { buildScript, parseScriptOutput, type SshSession } from '../ssh/index.ts'
import type { RouteCallOptions } from './host-route.ts'

const TIMEOUT_MS = 30_000
const OUTPUT_BYTES = 64 * 1024
const MESSAGE_CHARACTERS = 500
/** Where systemd is not: what sysvinit, OpenRC and busybox have. */
const PROGRAMS = { reboot: 'reboot', shutdown: 'poweroff' } as const

/**
 * Asks a host to reboot or to shut down: by systemd where it runs, else by the program of that name; as root, or by sudo where it
 * asks for no password. Null: it was accepted. Otherwise the host's own words why not. Errors: those of `exec`.
 */
export async function askPower(
  session: SshSession,
  action: 'reboot' | 'shutdown',
  { signal }: RouteCallOptions = {},
): Promise<string | null> {
  const program = PROGRAMS[action]
  const script = [
    'PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"',
    'if [ "$(id -u)" = 0 ]; then s=; else s="sudo -n"; fi',
    `if [ -d /run/systemd/system ]; then $s systemctl ${program} 2>&1; else $s ${program} 2>&1; fi`,
  ].join('; ')
  const { exitCode, stdout } = await session.exec(buildScript(script), {
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: OUTPUT_BYTES,
    ...(signal === undefined ? {} : { signal }),
  })
  if (exitCode === 0) return null
  const message = parseScriptOutput(stdout).trim().slice(0, MESSAGE_CHARACTERS)
  return message === '' ? `${program}: exit code ${exitCode}` : message
}
