import { createHmac } from 'node:crypto'
import type { HostAccount, HostSurvey, KvmDevice } from './host-survey.ts'

/** The first line that the script prints: when it came says how far the host's clock can be off. */
export const TIME_LINE = 'time='

/**
 * A POSIX shell script that prints what a host is, as lines of `key=value`. It changes nothing. sudo is only tried where libvirt's
 * sockets are closed to the user: a sudo that refuses may tell the host's administrator.
 */
export const surveyScript = [
  'LC_ALL=C; export LC_ALL; PATH="$PATH:/usr/sbin:/sbin:/usr/libexec"',
  `echo "${TIME_LINE}$(date +%s.%N)"`,
  'echo "uid=$(id -u)"; echo "name=$(uname -n)"; echo "architecture=$(uname -m)"',
  `echo "flags=$(grep -m1 '^flags' /proc/cpuinfo | grep -owE 'vmx|svm|hypervisor' | tr '\\n' ' ')"`,
  'if [ -c /dev/kvm ]; then k=device; elif [ -e /dev/kvm ]; then k=other; else k=none; fi',
  `echo "kvm=$k $(stat -Lc '%a %u %g %G' /dev/kvm 2>/dev/null)"`,
  'for u in libvirt-qemu qemu; do if id -u $u >/dev/null 2>&1; then echo "qemu-user=$u $(id -u $u) $(id -G $u)"; break; fi; done',
  `echo "memory=$(awk '/^MemTotal:/ {print $2}' /proc/meminfo)"`,
  'echo "machine-id=$(cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id 2>/dev/null)"',
  `for p in /var/lib/libvirt /var; do if [ -d $p ]; then echo "space=$(df -Pk $p | awk 'NR == 2 {print $4}') $p"; fi; done`,
  '(. /etc/os-release; echo "system=$ID|$ID_LIKE|$VERSION_ID|$PRETTY_NAME") 2>/dev/null',
  'for m in apt-get dnf zypper; do if command -v $m >/dev/null; then echo "packages=$m"; break; fi; done',
  'for p in libvirtd virtqemud virt-ssh-helper nc bash python3 systemctl; do if command -v $p >/dev/null; then echo "program=$p"; fi; done',
  'for p in qemu-system-$(uname -m) qemu-kvm; do if command -v $p >/dev/null; then echo "program=qemu"; break; fi; done',
  'if [ "$(id -u)" != 0 ] && [ ! -w /run/libvirt/libvirt-sock ] && [ ! -w /run/libvirt/virtqemud-sock ]; then if sudo -n true >/dev/null 2>&1; then echo "sudo=yes"; else echo "sudo=no"; fi; fi',
  'exit 0',
].join('; ')

const LINES_MAX = 200
const LINE_MAX = 400
const MANAGERS = { 'apt-get': 'apt', dnf: 'dnf', zypper: 'zypper' } as const

/** Milliseconds by this computer's clock: before the script was sent, and when its first line was there. */
export interface SurveyTimes {
  readonly sentAt: number
  readonly heardAt: number
}

/** Reads what the script printed; what is not as expected is left out. Pure. */
export function parseSurvey(output: string, times: SurveyTimes | null): HostSurvey {
  const values = new Map<string, string[]>()
  for (const line of output.split('\n').slice(0, LINES_MAX)) {
    const [, key, value] = /^([a-z-]+)=(.*)$/.exec(line.slice(0, LINE_MAX)) ?? []
    if (key === undefined || value === undefined) continue
    values.set(key, [...(values.get(key) ?? []), value.trim()])
  }
  const all = (key: string): readonly string[] => values.get(key) ?? []
  const first = (key: string): string => all(key)[0] ?? ''
  const manager = Object.entries(MANAGERS).find(([name]) => name === first('packages'))
  return {
    userId: toNumber(first('uid')),
    hostName: first('name') || null,
    cpuFlags: words(first('flags')),
    kvm: parseKvm(first('kvm')),
    qemuUser: parseAccount(first('qemu-user')),
    memoryKiB: toNumber(first('memory')),
    machineIdDigest: digestMachineId(first('machine-id')),
    space: all('space').flatMap((line) => {
      const [, freeKiB, path] = /^(\d{1,18}) (\/[\w./-]{1,200})$/.exec(line) ?? []
      return freeKiB === undefined || path === undefined ? [] : [{ path, freeKiB: Number(freeKiB) }]
    }),
    clock: times === null ? null : decideOffset(first('time'), times),
    system: parseSystem(first('system')),
    architecture: /^\w{1,32}$/.exec(first('architecture'))?.[0] ?? null,
    packageManager: manager?.[1] ?? null,
    programs: new Set(all('program')),
    hasSudo: first('sudo') === '' ? null : first('sudo') === 'yes',
  }
}

/** How far the host's clock is from ours: it was read between the two times, so half of what passed is the bound. Pure. */
export function decideOffset(time: string, { sentAt, heardAt }: SurveyTimes): HostSurvey['clock'] {
  const [, seconds, fraction] = /^(\d{1,12})(?:\.(\d{1,9}))?/.exec(time) ?? []
  if (seconds === undefined) return null
  // A date without fractions (busybox) tells the second only: it may be up to one later.
  const coarseMs = fraction === undefined ? 500 : 0
  const hostMs = Number(seconds) * 1_000 + (fraction === undefined ? coarseMs : Number(`0.${fraction}`) * 1_000)
  const boundMs = Math.max(0, heardAt - sentAt) / 2 + coarseMs
  return { offsetMs: Math.round(hostMs - (sentAt + heardAt) / 2), boundMs: Math.ceil(boundMs) }
}

/** machine-id(5) asks not to show it: what is compared and stored is keyed to this program. */
function digestMachineId(id: string): string | null {
  if (!/^[0-9a-f]{32}$/.test(id) || /^0+$/.test(id)) return null
  return createHmac('sha256', 'virtdeck').update(id).digest('hex')
}

function parseKvm(text: string): KvmDevice | null {
  const [kind, mode, userId, groupId, group] = words(text)
  if (kind !== 'device' && kind !== 'other' && kind !== 'none') return null
  return {
    kind,
    mode: mode !== undefined && /^[0-7]{1,4}$/.test(mode) ? Number.parseInt(mode, 8) : null,
    userId: toNumber(userId ?? ''),
    groupId: toNumber(groupId ?? ''),
    group: group !== undefined && /^[\w.-]{1,64}$/.test(group) ? group : null,
  }
}

function parseAccount(text: string): HostAccount | null {
  const [name, id, ...groups] = words(text)
  const userId = toNumber(id ?? '')
  if (name === undefined || userId === null) return null
  return { name, userId, groupIds: groups.map(toNumber).filter((each) => each !== null) }
}

function parseSystem(text: string): HostSurvey['system'] {
  const [id = '', like = '', version = '', name = ''] = text.split('|')
  return /^[\w.-]{1,64}$/.test(id) ? { id, like: words(like), version, name } : null
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '')
}

function toNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}
