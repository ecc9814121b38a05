import type { HostDetails, RestartReason } from '../../../shared/domain/index.ts'

/** What a host's shell tells of how it runs. */
export type ShellDetails = Pick<
  HostDetails,
  'system' | 'kernel' | 'uptimeSeconds' | 'load' | 'selinux' | 'appArmor' | 'restarts'
> & { readonly isKsmRunning: boolean | null }

const DAEMONS = 'libvirtd virtqemud virtnetworkd virtstoraged virtnodedevd virtsecretd virtproxyd virtlogd virtlockd'

/**
 * A POSIX shell script that prints how a host runs, as lines of `key=value`. It only reads. A program whose file was replaced while it runs
 * shows as deleted in /proc (proc(5)); for other users' programs that needs root.
 */
export const detailsScript = [
  'LC_ALL=C; export LC_ALL; PATH="$PATH:/usr/sbin:/sbin"',
  '(. /etc/os-release; echo "system=$PRETTY_NAME") 2>/dev/null',
  'echo "kernel=$(uname -r)"',
  'echo "uptime=$(cut -d" " -f1 /proc/uptime)"',
  'echo "load=$(cut -d" " -f1-3 /proc/loadavg)"',
  'if [ -r /sys/fs/selinux/enforce ]; then echo "selinux=$(cat /sys/fs/selinux/enforce)"; else echo "selinux=off"; fi',
  'echo "apparmor=$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null || echo N)"',
  'if [ -r /sys/kernel/mm/ksm/run ]; then echo "ksm=$(cat /sys/kernel/mm/ksm/run)"; fi',
  `echo "installed=$(ls /boot 2>/dev/null | sed -n 's/^vmlinuz-//p' | grep -v rescue | sort -V | tail -n 1)"`,
  `if [ -e /run/reboot-required ]; then echo "required=$(tr '\\n' ' ' < /run/reboot-required.pkgs 2>/dev/null)"; fi`,
  'if command -v needs-restarting >/dev/null; then needs-restarting -r >/dev/null 2>&1; echo "needs-restarting=$?"; fi',
  `for d in ${DAEMONS}; do for p in $(pidof $d 2>/dev/null); do case "$(readlink /proc/$p/exe 2>/dev/null)" in *" (deleted)") echo "replaced=$d";; esac; done; done`,
  'q=0; for p in /proc/[0-9]*; do case "$(readlink $p/exe 2>/dev/null)" in */qemu-*" (deleted)"|*/qemu-kvm" (deleted)") q=$((q+1));; esac; done; echo "qemu-replaced=$q"',
  'exit 0',
].join('; ')

const LINES_MAX = 100
const LINE_MAX = 500

/** Reads what the script printed; what is not as expected counts as not told. Pure. */
export function parseDetails(output: string): ShellDetails {
  const values = new Map<string, string[]>()
  for (const line of output.split('\n').slice(0, LINES_MAX)) {
    const [, key, value] = /^([a-z-]+)=(.*)$/.exec(line.slice(0, LINE_MAX)) ?? []
    if (key === undefined || value === undefined) continue
    values.set(key, [...(values.get(key) ?? []), value.trim()])
  }
  const first = (key: string): string | null => values.get(key)?.[0] || null
  const kernel = first('kernel')
  const load = first('load')?.split(' ').map(Number) ?? []
  return {
    system: first('system'),
    kernel,
    uptimeSeconds: toNumber(first('uptime')),
    load: load.length === 3 && load.every(Number.isFinite) ? load : null,
    selinux: toSelinux(first('selinux')),
    appArmor: first('apparmor') === null ? null : first('apparmor') === 'Y',
    isKsmRunning: first('ksm') === null ? null : first('ksm') === '1',
    restarts: decideRestarts({
      kernel,
      installed: first('installed'),
      required: values.get('required')?.[0] ?? null,
      needsRestarting: first('needs-restarting'),
      replaced: values.get('replaced') ?? [],
      qemuReplaced: toNumber(first('qemu-replaced')) ?? 0,
    }),
  }
}

interface RestartFacts {
  readonly kernel: string | null
  /** The newest kernel in /boot. */
  readonly installed: string | null
  /** The packages of Debian's /run/reboot-required; null: it is not there. */
  readonly required: string | null
  /** The exit code of Fedora's program: 1 asks for a reboot. */
  readonly needsRestarting: string | null
  readonly replaced: readonly string[]
  readonly qemuReplaced: number
}

/** What the host, or a program on it, should be started anew for. Pure. */
export function decideRestarts(facts: RestartFacts): RestartReason[] {
  const { kernel, installed, required, needsRestarting, replaced, qemuReplaced } = facts
  const reasons: RestartReason[] = []
  if (kernel !== null && installed !== null && isNewerKernel(installed, kernel)) {
    reasons.push({ kind: 'kernel', detail: installed })
  }
  if (required !== null || needsRestarting === '1') reasons.push({ kind: 'packages', detail: required ?? '' })
  for (const daemon of new Set(replaced)) reasons.push({ kind: 'daemon', detail: daemon })
  if (qemuReplaced > 0) reasons.push({ kind: 'qemu', detail: String(qemuReplaced) })
  return reasons
}

/** Whether the numbers of a kernel's version are greater: "6.1.0-21-amd64" than "6.1.0-18-amd64". Pure. */
export function isNewerKernel(installed: string, running: string): boolean {
  const numbers = (version: string) => [...version.matchAll(/\d+/g)].map(([digits]) => Number(digits))
  const [left, right] = [numbers(installed), numbers(running)]
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}

function toNumber(text: string | null): number | null {
  return text !== null && /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : null
}

function toSelinux(text: string | null): HostDetails['selinux'] {
  if (text === '1') return 'enforcing'
  if (text === '0') return 'permissive'
  return text === 'off' ? 'off' : null
}
