import { shellQuote } from '../../hosts/index.ts'
import type { NetworkChanges } from './decide-changes.ts'

/*
 * The scripts that change a host's network on trial. All run as root. The host keeps the originals and a way back of its own: a timer that nobody
 * but the confirmation stops. While a change is on trial, the folder with the configuration is covered by a copy that holds the change, so that the
 * originals are never touched, and a reboot in between finds them. Names in the scripts are ours, or were read of the host and are plain or quoted.
 */

/** What a change on trial is called on the host. */
export interface Trial {
  /** Of the operation: a GUID. */
  readonly id: string
  readonly changes: NetworkChanges
  /** Whether systemd is PID 1 there. */
  readonly hasSystemd: boolean
  /** NetworkManager runs, and is asked for a checkpoint as well. */
  readonly hasCheckpoint: boolean
}

/** Why nothing was armed: the files are other than the plan knows them; another change, perhaps of another engine, is on trial there. */
export const ARM_EXITS = { staleFiles: 3, underWay: 4 } as const

const ROOT = '/var/lib/virtdeck/networks'
/** How long a way back waits for what is at work on the host. */
const LOCK_SECONDS = 30

/** Where a trial keeps what it needs, and what became of it. Root's alone. */
export function trialFolder(id: string): string {
  if (!/^[0-9a-f-]{36}$/i.test(id)) throw new Error(`not an operation's id: ${id}`)
  return `${ROOT}/${id}`
}

/** Runs a script of the trial on by itself, whatever becomes of the connection that asked for it. */
function startsAlone(unit: string, hasSystemd: boolean, command: string): string {
  return hasSystemd
    ? `systemd-run --quiet --collect --unit=${unit} sh -c ${shellQuote(command)}`
    : `setsid sh -c ${shellQuote(command)} </dev/null >/dev/null 2>&1 &`
}

/** Runs a script of the trial after a time, however this machine's other timers are. Stopped by its marker; the unit is only told to be quiet. */
function startsLater(unit: string, hasSystemd: boolean, seconds: number, command: string): string {
  return hasSystemd
    ? `systemd-run --quiet --collect --on-active=${seconds}s --timer-property=AccuracySec=100ms --unit=${unit} sh -c ${shellQuote(command)}`
    : `setsid sh -c ${shellQuote(`sleep ${seconds}; ${command}`)} </dev/null >/dev/null 2>&1 &`
}

function unitOf(id: string, what: string): string {
  return `virtdeck-networks-${id}-${what}`
}

/** Tells one boot from the next: also that of a host made of namespaces, whose kernel goes on. */
const BOOT = `bootid() { echo "$(cat /proc/sys/kernel/random/boot_id) $(sed 's/^.*) //' /proc/1/stat | cut -d' ' -f20)"; }`

const NM = 'org.freedesktop.NetworkManager /org/freedesktop/NetworkManager org.freedesktop.NetworkManager'

/**
 * Saves the originals, prepares the change and arms the way back. `seconds`: until the host goes back by itself. Nothing of its network changes. What
 * is to stand in the files comes by the standard input: `stagingInput`. Exit codes: `ARM_EXITS`.
 */
export function armScript(trial: Trial, seconds: number): string {
  const { id, changes, hasSystemd, hasCheckpoint } = trial
  const folder = trialFolder(id)
  const { files } = changes
  return [
    'umask 077; set -e',
    BOOT,
    // What earlier ones left has been decided long ago, or went with its boot.
    `for o in ${ROOT}/*; do if [ -e "$o/end2" ] || [ -e "$o/back" ] || { [ -e "$o/boot" ] && [ "$(cat "$o/boot")" != "$(bootid)" ]; }; then rm -rf "$o"; fi; done`,
    // Two covers over one folder would be taken off in the wrong order. What hangs for an hour stops nobody.
    `for o in ${ROOT}/*; do if [ -e "$o/boot" ] && [ -n "$(find "$o/boot" -mmin -60)" ]; then exit ${ARM_EXITS.underWay}; fi; done`,
    `mkdir -p ${ROOT}; mkdir ${folder}; cd ${folder}; mkdir saved`,
    'cat > staged; bootid > boot',
    // The input is a shell script of ours that writes scripts and files below the current folder.
    'sh staged; rm staged',
    ...files.map(({ path, before }, index) =>
      before === null
        ? `if [ -e ${shellQuote(path)} ]; then echo ${shellQuote(path)} >&2; exit ${ARM_EXITS.staleFiles}; fi`
        : `cmp -s expected/${index} ${shellQuote(path)} || { echo ${shellQuote(path)} >&2; exit ${ARM_EXITS.staleFiles}; }; cp -a ${shellQuote(path)} saved/${index}`,
    ),
    `mkdir -p ${changes.folder}; cp -a ${changes.folder} next`,
    ...files.map(({ path, after }, index) => {
      const inside = shellQuote(`next${path.slice(changes.folder.length)}`)
      if (after === null) return `rm -f ${inside}`
      // A file keeps its owner and mode; a new one is root's, as configuration may hold secrets.
      return `mkdir -p "$(dirname ${inside})"; if [ -e ${inside} ]; then cat after/${index} > ${inside}; else cp after/${index} ${inside}; chmod ${modeOf(changes.folder)} ${inside}; fi`
    }),
    'sync',
    startsLater(unitOf(id, 'back'), hasSystemd, seconds, `sh ${folder}/back.sh 1`),
    ...(hasCheckpoint
      ? [
          // All devices; others' checkpoints go (1), new profiles are deleted (2), new devices are let go (4).
          `busctl call ${NM} CheckpointCreate aouu 0 ${seconds} 7 | sed 's/^o "//; s/"$//' > checkpoint || rm -f checkpoint`,
        ]
      : []),
    'echo armed',
  ].join('\n')
}

/** networkd reads its files as a user of its own; the others are root. */
function modeOf(folder: string): string {
  return folder === '/etc/systemd/network' || folder === '/etc/network' ? '644' : '600'
}

/** What `armScript` reads: a script that writes the trial's scripts and the contents of files. */
export function stagingInput(trial: Trial): string {
  const { changes } = trial
  const write = (name: string, text: string) =>
    `base64 -d > ${name} <<'end-of-text'\n${Buffer.from(text)
      .toString('base64')
      .replace(/(.{1,76})/g, '$1\n')}end-of-text\n`
  return [
    'set -e; mkdir expected after\n',
    write('apply.sh', applyBody(trial)),
    write('back.sh', backBody(trial)),
    write('keep.sh', keepBody(trial)),
    ...changes.files.flatMap(({ before, after }, index) => [
      ...(before === null ? [] : [write(`expected/${index}`, before)]),
      ...(after === null ? [] : [write(`after/${index}`, after)]),
    ]),
  ].join('')
}

/** The same first lines of each script: its folder, and one at work at a time. What is started is not given the locks: daemons would keep them. */
function head(trial: Trial): string[] {
  return [
    'LC_ALL=C; export LC_ALL; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH',
    `cd ${trialFolder(trial.id)} || exit 0`,
    'exec 9>lock',
    BOOT,
    'boots() { [ "$(cat boot)" = "$(bootid)" ]; }',
  ]
}

/** One of the commands that a person reads in the plan, noted in the log; ends the script where it fails, or where the host goes back already. */
function orGiveUp(command: string): string {
  return `if [ -e end1 ]; then exit 1; fi; echo ${shellQuote(`+ ${command}`)}; ${command} 9>&- || { echo "exit code $?"; exit 1; }`
}

function orGoOn(command: string): string {
  return `echo ${shellQuote(`+ ${command}`)}; timeout 60 sh -c ${shellQuote(command)} 8>&- 9>&- || true`
}

function applyBody(trial: Trial): string {
  const { changes } = trial
  return [
    ...head(trial),
    `flock -w ${LOCK_SECONDS} 9 || exit 0`,
    'if [ -e end1 ] || [ -e applying ]; then exit 0; fi; : > applying',
    'exec >> log 2>&1',
    `trap 'echo $? > applied.new; mv applied.new applied' EXIT`,
    ...changes.release.map(orGoOn),
    `: > covered; mount --bind "$PWD/next" ${changes.folder} || exit 1`,
    ...changes.deleted.map((name) => orGoOn(`ip link delete dev ${shellQuote(name)}`)),
    ...changes.apply.map(orGiveUp),
    'exit 0',
  ].join('\n')
}

/** `$1`: which of both ways back it is; `now`: asked for. */
function backBody(trial: Trial): string {
  const { changes, hasCheckpoint } = trial
  return [
    ...head(trial),
    // Who makes the folder first decides. The engine that asks for it may come after either.
    'case "$1" in 1) mkdir end1 2>/dev/null || exit 0;; 2) mkdir end2 2>/dev/null || exit 0;; *) mkdir end1 2>/dev/null; mkdir end2 2>/dev/null;; esac',
    // It is asked for again and again until it is done: two at once would clear what the other one gave back.
    'exec 8>lock-back; flock -n 8 || exit 0',
    `flock -w ${LOCK_SECONDS} 9 || true`,
    'if [ -e back ]; then exit 0; fi',
    'exec >> log 2>&1',
    'echo "going back: $1"',
    'uncover() { if [ -e covered ]; then if boots; then umount ' +
      changes.folder +
      ' || umount -l ' +
      changes.folder +
      '; fi; rm -f covered; fi; }',
    'if [ -e applying ] && boots; then',
    ...changes.letGo.map(orGoOn),
    'uncover',
    ...giveBackFiles(changes),
    ...changes.created.toReversed().map((name) => orGoOn(`ip link delete dev ${shellQuote(name)} 2>/dev/null`)),
    ...changes.kernel.clear.map(orGoOn),
    ...(hasCheckpoint
      ? [`if [ -s checkpoint ]; then timeout 60 busctl call ${NM} CheckpointRollback o "$(cat checkpoint)" || true; fi`]
      : []),
    ...changes.restore.map(orGoOn),
    ...changes.kernel.giveBack.map(orGoOn),
    'else',
    // After a boot only what was kept already is there, and holds from the next one on. Where no file changes, the branch must not be empty.
    ':',
    ...giveBackFiles(changes),
    'fi',
    'sync; : > back',
  ].join('\n')
}

function giveBackFiles({ files }: NetworkChanges): string[] {
  return files.map(({ path, before }, index) => {
    const quoted = shellQuote(path)
    if (before === null) return `rm -f ${quoted}`
    const half = shellQuote(`${path}.virtdeck-back`)
    return `cmp -s saved/${index} ${quoted} || { cp -a saved/${index} ${half} && mv -f ${half} ${quoted}; }`
  })
}

/** Keeps the change: what is in the covering folder is written into the one below. Exit code 3: the host went back meanwhile. */
function keepBody(trial: Trial): string {
  const { id, changes, hasSystemd, hasCheckpoint } = trial
  const { folder } = changes
  return [
    ...head(trial),
    `flock -w ${LOCK_SECONDS} 9 || exit 4`,
    'if [ -e kept ]; then exit 0; fi',
    'if [ -e end2 ] || [ -e back ] || ! boots; then exit 3; fi',
    'exec >> log 2>&1; echo keeping',
    `if [ -e covered ]; then umount ${folder} || umount -l ${folder} || exit 5; rm -f covered; fi`,
    ...changes.files.map(({ path, after }) => {
      const quoted = shellQuote(path)
      if (after === null) return `rm -f ${quoted} || exit 6`
      const half = shellQuote(`${path}.virtdeck-new`)
      const next = shellQuote(`next${path.slice(folder.length)}`)
      return `mkdir -p "$(dirname ${quoted})" && cp -a ${next} ${half} && mv -f ${half} ${quoted} || exit 6`
    }),
    'sync',
    'mkdir end2 2>/dev/null || exit 3',
    ...(hasSystemd ? [`systemctl stop ${unitOf(id, 'back2')}.timer 2>/dev/null`] : []),
    ...(hasCheckpoint
      ? [`if [ -s checkpoint ]; then busctl call ${NM} CheckpointDestroy o "$(cat checkpoint)" >/dev/null 2>&1; fi`]
      : []),
    ': > kept; sync; exit 0',
  ].join('\n')
}

/** Begins to apply what was armed; it goes on by itself. `seconds`: how long it may take. */
export function beginScript({ id, hasSystemd }: Trial, seconds: number): string {
  const folder = trialFolder(id)
  // What is ended, out of time, says nothing itself.
  const noted = `r=$?; if [ $r != 0 ] && [ ! -e ${folder}/applied ]; then echo "exit code $r" >> ${folder}/log; echo $r > ${folder}/applied.new; mv ${folder}/applied.new ${folder}/applied; fi`
  const command = `timeout -k 5 ${seconds} sh ${folder}/apply.sh; ${noted}`
  return `${startsAlone(unitOf(id, 'apply'), hasSystemd, command)}\nexit 0`
}

/**
 * How long the second way back waits: as long as it takes to sign in and to write a few files. Who gave a slow host more time to confirm gives it more here,
 * too. Pure.
 */
export function secondsToKeep(confirmMs: number): number {
  return Math.max(60, Math.ceil(confirmMs / 2_000))
}

/** Says yes to what is applied, and arms the second way back for as long as it takes to keep it. Exit code 3: the host went back by itself. */
export function confirmScript({ id, hasSystemd, hasCheckpoint }: Trial, seconds: number): string {
  const folder = trialFolder(id)
  return [
    `cd ${folder} 2>/dev/null || exit 3`,
    'if [ -e confirmed ]; then exit 0; fi',
    startsLater(unitOf(id, 'back2'), hasSystemd, seconds, `sh ${folder}/back.sh 2`),
    'mkdir end1 2>/dev/null || { mkdir end2 2>/dev/null; exit 3; }',
    ': > confirmed',
    ...(hasSystemd ? [`systemctl stop ${unitOf(id, 'back')}.timer 2>/dev/null`] : []),
    ...(hasCheckpoint
      ? [
          `if [ -s checkpoint ]; then busctl call ${NM} CheckpointAdjustRollbackTimeout ou "$(cat checkpoint)" ${seconds} >/dev/null 2>&1; fi`,
        ]
      : []),
    'exit 0',
  ].join('\n')
}

/** Keeps what was confirmed; the exit codes of `keepBody`. */
export function keepScript({ id }: Trial): string {
  return `if [ ! -d ${trialFolder(id)} ]; then exit 3; fi; sh ${trialFolder(id)}/keep.sh`
}

/** Has the host go back now, by itself; without effect where nothing was armed. */
export function backScript({ id, hasSystemd }: Pick<Trial, 'id' | 'hasSystemd'>): string {
  const folder = trialFolder(id)
  return [
    `if [ ! -e ${folder}/back.sh ] || [ -e ${folder}/back ]; then exit 0; fi`,
    startsAlone(`${unitOf(id, 'now')}-$$`, hasSystemd, `sh ${folder}/back.sh now`),
    'exit 0',
  ].join('\n')
}

/** Prints what became of a trial: for `parseTrialState`. */
export function trialScript(id: string): string {
  return [
    `if ! cd ${trialFolder(id)} 2>/dev/null; then echo absent; exit 0; fi`,
    'for m in end1 end2 confirmed kept back applying; do if [ -e $m ]; then echo $m; fi; done',
    'if [ -e applied ]; then echo "applied=$(cat applied)"; fi',
    BOOT,
    'if [ "$(cat boot)" != "$(bootid)" ]; then echo rebooted; fi',
    'tail -n 12 log 2>/dev/null | sed "s/^/log=/"',
    'exit 0',
  ].join('\n')
}

/** What became of a trial on its host. */
export interface TrialState {
  /** `absent`: never armed, or forgotten. */
  readonly stage:
    | 'absent'
    | 'armed'
    | 'applying'
    | 'applied'
    | 'apply-failed'
    | 'confirmed'
    | 'kept'
    /** The host was started anew: it is on its originals, as long as nothing was kept. */
    | 'rebooted'
    | 'going-back'
    | 'back'
  /** The last lines of what its commands said. */
  readonly log: readonly string[]
}

/** Pure. */
export function parseTrialState(output: string): TrialState {
  const lines = output.split('\n').slice(0, 64)
  const has = (name: string) => lines.includes(name)
  const log = lines.flatMap((line) =>
    line.startsWith('log=') ? [line.slice(4, 300).replace(/\p{C}/gu, '\u{fffd}')] : [],
  )
  const applied = lines.find((line) => line.startsWith('applied='))
  const stage = (): TrialState['stage'] => {
    if (has('absent')) return 'absent'
    if (has('kept')) return 'kept'
    if (has('back')) return 'back'
    if (has('rebooted')) return 'rebooted'
    if (has('end2') || (has('end1') && !has('confirmed'))) return 'going-back'
    if (has('confirmed')) return 'confirmed'
    if (applied !== undefined) return applied === 'applied=0' ? 'applied' : 'apply-failed'
    return has('applying') ? 'applying' : 'armed'
  }
  return { stage: stage(), log }
}
