import type { FileStorage } from '../../../shared/domain/index.ts'
import { shellQuote } from '../../hosts/index.ts'
import { NFS_VERSIONS } from './decide-mount-error.ts'
import { parseSelinux, SELINUX_BOOLEANS } from './decide-selinux.ts'
import { findMount } from './mount-table.ts'
import { printable } from './root-script.ts'
import type { FolderFacts, FoundDescriptor, MountTry, StorageFacts, WriteTry } from './storage-facts.ts'

/** By user and group id. */
export interface QemuOwner {
  readonly userId: number
  readonly groupId: number
}

/** Looked for where the wanted ones are refused, so that a person learns what the server has. */
const OTHER_VERSIONS = ['4.2', '4.1', '4.0', '3']
/** A server that does not answer is given up: soft, and not tried again. Locks of version 3 would start a daemon. */
const LOOK_OPTIONS = 'soft,timeo=50,retrans=1,retry=0,nodev,nosuid,noexec'
/** The first mount of a boot loads what the kernel needs for it. */
const MOUNT_SECONDS = 30
const DESCRIPTOR_BYTES = 64 * 1024
const NAMES_BYTES = 300
const FOLDERS_MAX = 1_000
/** What file systems and file servers put into every folder that they export; and what another host tries there at the same time. */
const OWN_ENTRIES = ['lost+found', '.snapshot', '.trashcan', "'.virtdeck-probe-*'"]

const WRITE = [
  'f=$(mktemp -p "$0" .virtdeck-probe-XXXXXXXXXX) || exit 1',
  'trap "rm -f -- \\"\\$f\\"" EXIT; trap "exit 143" TERM',
  'dd if=/dev/zero of="$f" bs=4096 count=1 conv=fsync status=none || exit 2',
  'echo "@owner $(stat -c %u -- "$f")"',
  'if [ -n "$1" ]; then chown "$1" -- "$f" 2>/dev/null && echo "@given"; fi',
  'exit 0',
].join('; ')

/** Sets `u` and `g` where libvirt did not tell them, and `n`, the user's name where it has one; `as` runs a command as QEMU's user. */
export const QEMU_USER = [
  'if [ -z "$u" ]; then for n in libvirt-qemu qemu; do if id -u $n >/dev/null 2>&1; then u=$(id -u $n); g=$(id -g $n); break; fi; done; fi',
  'n=; if [ -n "$u" ]; then n=$(id -nu "$u" 2>/dev/null); fi',
  'as() { if [ -n "$n" ]; then setpriv --reuid "$u" --regid "$g" --init-groups "$@"; else setpriv --reuid "$u" --regid "$g" --clear-groups "$@"; fi; }',
].join('; ')

/** `p`: the folder. What it prints is for {@link parseStorageFacts}: text of the host in base64, so that no name can be taken for a line. */
const LOOK = [
  'b() { printf %s "$1" | base64 -w0; }',
  'if [ -d "$p" ]; then k=folder; elif [ -e "$p" ] || [ -L "$p" ]; then k=other; else k=missing; fi; echo "kind=$k"',
  QEMU_USER,
  'if [ -n "$u" ]; then echo "qemu=$u $g $(b "$n")"; fi',
  'if [ $k != folder ]; then exit 0; fi',
  'r=$(readlink -f -- "$p"); echo "real=$(b "$r")"',
  'echo "owner=$(stat -Lc "%u %g %a" -- "$p")"',
  'echo "space=$(stat -fc "%S %b %a" -- "$p")"',
  `e() { find "$r" -mindepth 1 -maxdepth 1 ${OWN_ENTRIES.map((name) => `! -name ${name}`).join(' ')} "$@" 2>/dev/null; }`,
  `echo "entries=$(e -printf . | head -c ${FOLDERS_MAX} | wc -c)"; echo "names=$(e -printf "%f/" | head -c ${NAMES_BYTES} | base64 -w0)"`,
  `d() { f="$2/.virtdeck/domain.json"; if [ -f "$f" ] && [ ! -L "$f" ] && [ ! -L "$2/.virtdeck" ]; then echo "descriptor=$1 $(b "$2") $(head -c ${DESCRIPTOR_BYTES} -- "$f" | base64 -w0)"; fi; }`,
  'd here "$r"',
  `if [ -z "$mounted" ]; then x=$r; while [ "$x" != / ]; do x=$(dirname -- "$x"); d above "\${x%/}"; done; fi`,
  `i=0; for x in "$r"/*/; do i=$((i + 1)); if [ $i -gt ${FOLDERS_MAX} ]; then break; fi; if [ ! -L "\${x%/}" ]; then d below "\${x%/}"; fi; done`,
  `w=${shellQuote(WRITE)}`,
  't() { l=$1; shift; o=$("$@" 2>&1); echo "try=$l $? $(b "$o")"; }',
  'j=; if [ -n "$u" ]; then j=$u:$g; fi; t root sh -c "$w" "$r" "$j"',
  'if [ -n "$u" ] && command -v setpriv >/dev/null; then t qemu as sh -c "$w" "$r" ""; y=; x=$r; while [ "$x" != / ]; do x=$(dirname -- "$x"); as test -x "$x" || y=$x; done; echo "blocked=$(b "$y")"; fi',
  'l=$(awk -v m="$(stat -c %m -- "$r")" "/^device /{f=(\\$5==m)} f&&match(\\$0,/lease_time=[0-9]+/){print substr(\\$0,RSTART+11,RLENGTH-11);exit}" /proc/self/mountstats 2>/dev/null); echo "lease=$l"',
  // selinuxfs: a boolean reads "1 1", as it is and as it will be.
  `if [ "$(cat /sys/fs/selinux/enforce 2>/dev/null)" = 1 ]; then for n in ${Object.values(SELINUX_BOOLEANS).join(' ')}; do echo "selinux=$n $(cut -c1 /sys/fs/selinux/booleans/$n 2>/dev/null)"; done; fi`,
  'head -c 262144 /proc/self/mountinfo | sed "s/^/mount=/"',
].join('; ')

/**
 * A script, to be run as root, that looks at a place for a domain on a host. What has to be mounted is mounted in a mount namespace of its own,
 * over a folder that every system has, so that nothing is left wherever it ends. It writes and removes files named `.virtdeck-probe-…`.
 */
export function buildExamineScript(
  storage: FileStorage,
  qemu: QemuOwner | null,
): { readonly script: string; readonly privateMounts: boolean } {
  const owner = tellOwner(qemu)
  const source = storage.kind === 'posix' ? storage.source : undefined
  if (storage.kind === 'local' || (storage.kind === 'posix' && source === undefined)) {
    return { script: `${owner}; mounted=; p=${shellQuote(storage.path)}; ${LOOK}`, privateMounts: false }
  }
  const attempts =
    storage.kind === 'nfs'
      ? nfsAttempts(storage)
      : [tryMount('', storage.fileSystem ?? 'glusterfs', source ?? '', storage.mountOptions ?? '')]
  const script = [
    owner,
    'for m in /mnt /media /srv; do if [ -d $m ]; then break; fi; done',
    'b() { printf %s "$1" | base64 -w0; }',
    'mounted=; a() { v=$1; shift; o=$("$@" 2>&1); c=$?; echo "attempt=$v $c $(b "$o")"; }',
    ...attempts,
    'if [ -z "$mounted" ]; then exit 0; fi',
    `p=$m; (${LOOK})`,
    // Inside of the namespace the mount goes with it; a client in user space ends when it is told so.
    'umount $m 2>/dev/null || umount -l $m; exit 0',
  ].join('; ')
  return { script, privateMounts: true }
}

/** What {@link QEMU_USER} goes by. */
export function tellOwner(qemu: QemuOwner | null): string {
  return qemu === null ? 'u=; g=' : `u=${qemu.userId}; g=${qemu.groupId}`
}

function nfsAttempts(storage: Extract<FileStorage, { kind: 'nfs' }>): string[] {
  const wanted: readonly string[] = NFS_VERSIONS[storage.version]
  const server = storage.server.includes(':') ? `[${storage.server}]` : storage.server
  const options = (version: string) =>
    [`vers=${version}`, LOOK_OPTIONS, ...(version === '3' ? ['nolock'] : []), storage.mountOptions ?? '']
      .filter((each) => each !== '')
      .join(',')
  const attempt = (version: string) => tryMount(version, 'nfs', `${server}:${storage.export}`, options(version))
  const version = '*"rotocol not supported"*|*"version or transport protocol"*|*"rotocol family not supported"*'
  const isVersionTrouble = `case "$o" in ${version})`
  // What is served with version 3 alone is, by a later one, not there; and the other way round, denied.
  const isNotThere = `case "$o" in ${version}|*"No such file or directory"*|*"access denied by server"*)`
  const others = OTHER_VERSIONS.filter((version) => !wanted.includes(version))
  return [
    // The first that works, or the first trouble that another version would not mend.
    ...wanted.map((version, index) =>
      index === 0 ? attempt(version) : `${isVersionTrouble} ${attempt(version)};; esac`,
    ),
    ...others.map(
      (version) =>
        `if [ -z "$mounted" ]; then ${isNotThere} ${attempt(version)}; if [ -n "$mounted" ]; then umount $m; mounted=; exit 0; fi;; esac; fi`,
    ),
  ]
}

function tryMount(version: string, fileSystem: string, source: string, options: string): string {
  const flags = options === '' ? '' : ` -o ${shellQuote(options)}`
  const command = `timeout -k 1 ${MOUNT_SECONDS} mount -t ${fileSystem}${flags} ${shellQuote(source)} $m`
  return `a ${version === '' ? 'none' : version} ${command}; if [ $c = 0 ]; then mounted=1; fi`
}

const LINES_MAX = 25_000
const DESCRIPTORS_MAX = 50

/** Reads what the script printed; what is not as expected is left out. Pure. */
export function parseStorageFacts(output: string): StorageFacts {
  const values = new Map<string, string[]>()
  for (const line of output.split('\n').slice(0, LINES_MAX)) {
    const at = line.indexOf('=')
    if (at < 1) continue
    const key = line.slice(0, at)
    const known = values.get(key)
    if (known === undefined) values.set(key, [line.slice(at + 1)])
    else known.push(line.slice(at + 1))
  }
  const all = (key: string): readonly string[] => values.get(key) ?? []
  const first = (key: string): string => all(key)[0] ?? ''
  const mountTries = all('attempt').flatMap(parseMountTry)
  const kind = first('kind')
  if (kind !== 'folder' && kind !== 'other' && kind !== 'missing') return { mountTries, folder: null }
  const [userId, groupId, mode] = first('owner').split(' ')
  const owner = { userId: toNumber(userId), groupId: toNumber(groupId), mode: toMode(mode) }
  const [blockBytes, blocks, free] = first('space').split(' ').map(toNumber)
  const [qemuUser, qemuGroup, qemuName] = first('qemu').split(' ')
  const qemu = { userId: toNumber(qemuUser), groupId: toNumber(qemuGroup), name: printable(decode(qemuName)) }
  const realPath = decode(first('real')) || null
  const tries = new Map(all('try').map((line) => [line.split(' ')[0] ?? '', line]))
  const rootLine = tries.get('root')
  const bytes = (count: number | null | undefined) => (blockBytes && count != null ? blockBytes * count : null)
  const folder: FolderFacts = {
    kind,
    realPath,
    owner:
      owner.userId === null || owner.groupId === null || owner.mode === null
        ? null
        : { userId: owner.userId, groupId: owner.groupId, mode: owner.mode },
    entryCount: toNumber(first('entries')) ?? 0,
    entryNames: decode(first('names'))
      .split('/')
      .filter((name) => name !== '')
      .slice(0, 5)
      .map((name) => printable(name).slice(0, 64)),
    descriptors: all('descriptor').slice(0, DESCRIPTORS_MAX).flatMap(parseDescriptorLine),
    capacityBytes: bytes(blocks),
    availableBytes: bytes(free),
    mount: realPath === null ? null : findMount(all('mount').join('\n'), realPath),
    leaseSeconds: toNumber(first('lease')),
    selinux: parseSelinux(all('selinux')),
    qemu:
      qemu.userId === null || qemu.groupId === null
        ? null
        : { userId: qemu.userId, groupId: qemu.groupId, name: qemu.name || `${qemu.userId}` },
    rootTry: parseTry(rootLine),
    canGive: rootLine === undefined ? null : outputOf(rootLine).includes('@given'),
    qemuTry: parseTry(tries.get('qemu')),
    blockedBy: decode(first('blocked')) || null,
  }
  return { mountTries, folder }
}

function parseMountTry(line: string): MountTry[] {
  const [, version, exitCode, message] = /^(none|\d(?:\.\d)?) (\d{1,3}) ?([A-Za-z0-9+/=]*)$/.exec(line) ?? []
  if (version === undefined || exitCode === undefined) return []
  return [
    {
      version: version === 'none' ? null : version,
      exitCode: Number(exitCode),
      // The mount command says nothing when it is ended.
      message: exitCode === '124' || exitCode === '137' ? 'timed out' : decode(message),
    },
  ]
}

function parseDescriptorLine(line: string): FoundDescriptor[] {
  const [, relation, path, text] = /^(here|above|below) ([A-Za-z0-9+/=]*) ([A-Za-z0-9+/=]*)$/.exec(line) ?? []
  if (relation !== 'here' && relation !== 'above' && relation !== 'below') return []
  return [{ relation, path: decode(path) || '/', text: decode(text) }]
}

function parseTry(line: string | undefined): WriteTry {
  if (line === undefined) return { outcome: 'untried', ownerId: null, detail: '' }
  const said = outputOf(line)
  const isWritten = line.split(' ')[1] === '0'
  const ownerId = toNumber(/@owner (\d+)/.exec(said)?.[1])
  if (isWritten) return { outcome: 'written', ownerId, detail: '' }
  const detail = printable(said).slice(0, 300)
  if (/Permission denied|Operation not permitted/i.test(said)) return { outcome: 'denied', ownerId, detail }
  if (/Read-only file system/i.test(said)) return { outcome: 'read-only', ownerId, detail }
  if (/No space left|quota exceeded/i.test(said)) return { outcome: 'full', ownerId, detail }
  return { outcome: 'failed', ownerId, detail }
}

function outputOf(tryLine: string): string {
  return decode(tryLine.split(' ')[2])
}

function decode(base64: string | undefined): string {
  return base64 === undefined ? '' : Buffer.from(base64, 'base64').toString('utf8')
}

function toNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : null
}

function toMode(text: string | undefined): number | null {
  return text !== undefined && /^[0-7]{1,5}$/.test(text) ? Number.parseInt(text, 8) : null
}
