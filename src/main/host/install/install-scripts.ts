import type { HostInstall } from '../../../shared/contract/index.ts'
import { shellQuote } from '../../hosts/index.ts'
import type { InstallPlan } from './decide-install-plan.ts'

/*
 * The scripts that change a host. All run as root, by themselves or by `sudo -n`; each may be run again. Names in them are ours, or
 * plain (`isPlain`): nothing that a host said stands in one.
 */

const FOLLOW_LINES = 20_000

/** A package, unit, user or id that may be written into a script as it is. */
function isPlain(name: string): boolean {
  return /^[A-Za-z0-9_][\w.@+-]{0,127}$/.test(name)
}

function plain(names: readonly string[]): string {
  const wrong = names.find((name) => !isPlain(name))
  if (wrong !== undefined) throw new Error(`not a plain name: ${wrong}`)
  return names.join(' ')
}

/** Where an installation keeps its log and its end. In /run: root's alone, and gone with the boot that it belonged to. */
export function installFolder(operationId: string): string {
  return `/run/virtdeck-install-${plain([operationId])}`
}

const MANAGERS: Readonly<Record<HostInstall['packageManager'], (packages: string) => readonly string[]>> = {
  apt: (packages) => [
    'export DEBIAN_FRONTEND=noninteractive',
    'apt-get -q -o DPkg::Lock::Timeout=300 update',
    // Of a file that somebody has written in /etc, theirs is kept: dpkg would ask, and nobody could answer.
    `apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install ${packages}`,
  ],
  dnf: (packages) => [`dnf -y install ${packages}`],
  // Where something else holds its lock (PackageKit does so often), zypper gives up at once unless it is told to wait.
  zypper: (packages) => ['export ZYPP_LOCK_TIMEOUT=300', `zypper --non-interactive install ${packages}`],
}

/** What the package manager is told: the commands that a person reads in the plan. Pure. */
export function installCommands(manager: HostInstall['packageManager'], plan: InstallPlan): readonly string[] {
  return MANAGERS[manager](plain(plan.packages))
}

/** What the host's shell is to run, as root: the standard input of `startScript`. It notes its exit code when it ends. Pure. */
export function installBody(operationId: string, commands: readonly string[]): string {
  const folder = installFolder(operationId)
  const lines = commands.flatMap((command) => [`echo "+ ${command}"`, command])
  const note = `trap 'echo $? > ${folder}/end.new; mv ${folder}/end.new ${folder}/end' EXIT`
  return `${[note, 'set -e', 'LC_ALL=C; export LC_ALL', ...lines].join('\n')}\n`
}

/**
 * Begins the installation on the host, which goes on by itself whatever becomes of us: a package manager that is cut off half-way leaves
 * a host that nobody can install on. Begun once only. What it is to run is read from the standard input.
 */
export function startScript(operationId: string): string {
  const folder = installFolder(operationId)
  return [
    'umask 077',
    `if ! mkdir ${folder} 2>/dev/null; then exit 0; fi`,
    `cat > ${folder}/run.sh`,
    `: > ${folder}/log`,
    `setsid sh ${folder}/run.sh </dev/null > ${folder}/log 2>&1 & echo $! > ${folder}/pid`,
    'exit 0',
  ].join('; ')
}

/** Prints the log from its start until the installation has ended, then `@end <exit code>`. */
export function followScript(operationId: string): string {
  const folder = installFolder(operationId)
  return [
    `tail -n +1 -f --pid="$(cat ${folder}/pid)" ${folder}/log | head -n ${FOLLOW_LINES}`,
    `echo "@end $(cat ${folder}/end 2>/dev/null || echo lost)"`,
  ].join('; ')
}

/** Prints `absent`, `running`, `lost` or the exit code. */
export function lookScript(operationId: string): string {
  const folder = installFolder(operationId)
  return [
    `if [ -e ${folder}/end ]; then cat ${folder}/end; exit 0; fi`,
    `if [ ! -e ${folder}/pid ]; then echo absent; exit 0; fi`,
    `if kill -0 "$(cat ${folder}/pid)" 2>/dev/null; then echo running; else echo lost; fi`,
  ].join('; ')
}

/** Lets go of what an installation that has ended kept, so that it can be begun again. */
export function forgetScript(operationId: string): string {
  return `rm -rf ${installFolder(operationId)}`
}

/** Starts the units that the host has, now and at each boot; fails where it has none of them. */
export function unitsScript(units: readonly string[]): string {
  return [
    'n=0',
    `for u in ${plain(units)}; do if systemctl cat "$u" >/dev/null 2>&1; then systemctl enable --now "$u" || exit 1; n=1; fi; done`,
    'if [ $n = 0 ]; then echo "none of the services is there" >&2; exit 1; fi',
  ].join('; ')
}

/** Puts a user into a group. */
export function groupScript(user: string, group: string): string {
  return `usermod -aG ${plain([group])} ${plain([user])}`
}

/** A script as root: by itself, or by a sudo that asks for no password. */
export function asRoot(script: string, isRoot: boolean): string {
  return isRoot ? script : `exec sudo -n sh -c ${shellQuote(script)}`
}
