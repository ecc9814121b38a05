import { shellQuote } from '../../hosts/index.ts'

/*
 * What is done on a host with the files of a domain, as POSIX shell scripts with GNU's coreutils. All are run as root in the domain's folder; names are
 * quoted and begin with "./", and links are not followed: whoever can write in the folder must not lead root elsewhere.
 */

/** A file that is not whole yet, or not wanted any more. */
export const PART_PREFIX = '.virtdeck-part-'

/** Exit code of a script that did not find what it works on. */
export const NOT_THERE = 66
/** Exit code of a script that found something in its way. */
export const IN_THE_WAY = 67

const LIST_LIMIT = 5_000
const HEAD_BLOCKS_BYTES = 1_024
const MEDIUM_SECTOR_BYTES = 2_048

/** A script in a folder. */
export function inFolder(folder: string, script: string): string {
  return `umask 0077; cd -- ${shellQuote(folder)} || exit; ${script}`
}

function file(name: string): string {
  return shellQuote(`./${name}`)
}

/** As other files of the folder: its owner's, and for its group. */
function likeFolder(name: string): string {
  return `chown --reference=. -- ${file(name)} 2>/dev/null; chmod 0660 -- ${file(name)}`
}

/** Makes an empty file of that size, all hole. */
export function makeFileScript(name: string, sizeBytes: number): string {
  return `set -C; : > ${file(name)} || exit; set +C; truncate -s ${sizeBytes} -- ${file(name)} && { ${likeFolder(name)}; }`
}

/** Writes a file of what comes on standard input in base64: beside it, to disk, then under its name. */
export function writeFileScript(name: string): string {
  const beside = `${name}.tmp`
  return [
    `rm -f -- ${file(beside)}; set -C`,
    `base64 -d > ${file(beside)} && { ${likeFolder(beside)}; } && sync -- ${file(beside)} && mv -T -- ${file(beside)} ${file(name)} && sync -- . || { rm -f -- ${file(beside)}; exit 1; }`,
  ].join('; ')
}

export function removeFileScript(name: string): string {
  return `rm -f -- ${file(name)}`
}

/** Prints "yes" or "no". */
export function existsScript(name: string): string {
  return `if [ -e ${file(name)} ] || [ -L ${file(name)} ]; then echo yes; else echo no; fi`
}

/** Gives a file that is whole its name, which must be free, to disk. Again: it has it already. */
export function publishScript(part: string, name: string): string {
  return `if [ ! -e ${file(part)} ] && [ -f ${file(name)} ]; then exit 0; fi; if [ -e ${file(name)} ] || [ -L ${file(name)} ]; then exit ${IN_THE_WAY}; fi; sync -- ${file(part)}; mv -T -- ${file(part)} ${file(name)} && sync -- .`
}

/**
 * Takes extents on standard input, each as a line "offset length" and its bytes, and says on standard output up to where it has them: "@<offset>".
 * First it says which boot of the host this is: after another one, what was not on disk is gone.
 */
export function writeExtentsScript(name: string): string {
  const target = file(name)
  return [
    `[ -f ${target} ] && [ ! -L ${target} ] || exit ${NOT_THERE}`,
    'echo "@boot $(cat /proc/sys/kernel/random/boot_id)"',
    `while read -r offset length; do dd of=${target} bs=1M count="$length" seek="$offset" iflag=fullblock,count_bytes oflag=seek_bytes,nofollow conv=notrunc,nocreat status=none || exit; echo "@$((offset + length))"; done`,
    `sync -- ${target} && echo @synced`,
  ].join('; ')
}

/** Prints extents of what the shell knows by that word, one after the other; they come on standard input as lines "offset length", and an empty one. */
export function printExtents(from: string): string {
  return `while read -r offset length && [ -n "$offset" ]; do dd if=${from} bs=1M count="$length" skip="$offset" iflag=skip_bytes,count_bytes,fullblock,nofollow status=none </dev/null || exit; done`
}

/** The extents of a file, as {@link printExtents} has them. */
export function readExtentsScript(name: string): string {
  return printExtents(file(name))
}

/** SHA-256 of extents of a file, one after the other. */
export function hashExtentsScript(name: string): string {
  return `${readExtentsScript(name)} | sha256sum`
}

/** How long a file is, and where in it is data, as \`qemu-img map\` tells of what is in it byte for byte. It fails while a machine runs with it. */
export function mapFileScript(name: string, { sizeOnly = false } = {}): string {
  const map = `qemu-img map -f raw --output=json ${file(name)}`
  return `[ -f ${file(name)} ] && [ ! -L ${file(name)} ] || exit ${NOT_THERE}; stat -c %s -- ${file(name)} || exit${sizeOnly ? '' : `; ${map}`}`
}

/** SHA-256 of a whole file. */
export function hashScript(name: string): string {
  return `[ ! -L ${file(name)} ] && sha256sum < ${file(name)}`
}

/** Converts an image of a known format into a qcow2. Prints how far it is. */
export function convertScript(from: string, format: string, to: string): string {
  return `command -v qemu-img >/dev/null || exit ${NOT_THERE}; qemu-img convert -p -W -f ${format} -O qcow2 ${file(from)} ${file(to)} && { ${likeFolder(to)}; }`
}

/** Makes an empty disk. */
export function createDiskScript(
  name: string,
  {
    format,
    sizeBytes,
    isPreallocated,
  }: { readonly format: string; readonly sizeBytes: number; readonly isPreallocated: boolean },
): string {
  const preallocation = isPreallocated ? 'falloc' : 'off'
  return `command -v qemu-img >/dev/null || exit ${NOT_THERE}; qemu-img create -q -f ${format} -o preallocation=${preallocation} ${file(name)} ${sizeBytes} && { ${likeFolder(name)}; }`
}

/** Where a copy, or a layer, is made of. */
export interface ImageOrigin {
  /** A file, or a block device. */
  readonly path: string
  readonly format: string
  /** One inside the image; null: the image as it is now. */
  readonly snapshot: string | null
  /** A machine runs on it; what is read of it does not change any more. */
  readonly inUse: boolean
}

/** Copies what an image holds, whatever it lies on, into one that lies on nothing. Prints how far it is. */
export function copyImageScript(origin: ImageOrigin, name: string, format: string): string {
  const source = shellQuote(origin.path)
  // QEMU's options end at a comma, unless there are two.
  const snapshotName = origin.snapshot?.replaceAll(',', ',,')
  const snapshot = snapshotName === undefined ? '' : ` -l ${shellQuote(`snapshot.name=${snapshotName}`)}`
  const isThere = `{ [ -f ${source} ] && [ ! -L ${source} ]; } || [ -b ${source} ]`
  return [
    `command -v qemu-img >/dev/null || exit ${NOT_THERE}; ${isThere} || { echo ${shellQuote(`${origin.path} is not there`)} >&2; exit 1; }`,
    `qemu-img convert -p -W${origin.inUse ? ' -U' : ''} -f ${origin.format}${snapshot} -O ${format} ${source} ${file(name)} && { ${likeFolder(name)}; } && sync -- ${file(name)}`,
  ].join('; ')
}

/** Makes a layer on an image of the same folder, which from then on must stay as it is. The layer names it without its folder. */
export function layerScript(base: { readonly name: string; readonly format: string }, name: string): string {
  return `command -v qemu-img >/dev/null || exit ${NOT_THERE}; [ -f ${file(base.name)} ] && [ ! -L ${file(base.name)} ] || exit 1; qemu-img create -q -f qcow2 -b ${shellQuote(base.name)} -F ${base.format} ${file(name)} && { ${likeFolder(name)}; }`
}

export function resizeScript(name: string, format: string, sizeBytes: number): string {
  return `command -v qemu-img >/dev/null || exit ${NOT_THERE}; [ ! -L ${file(name)} ] && qemu-img resize -q -f ${format} ${file(name)} ${sizeBytes} && sync -- ${file(name)}`
}

/** Copies a file of one folder into another one and compares the two; prints "@copied" between. */
export function copyScript(from: { readonly folder: string; readonly name: string }, name: string): string {
  const source = shellQuote(`${from.folder}/${from.name}`)
  return [
    `[ -f ${source} ] && [ ! -L ${source} ] || exit ${NOT_THERE}`,
    `cp --sparse=always --reflink=auto -- ${source} ${file(name)} || exit`,
    likeFolder(name),
    `sync -- ${file(name)}; echo @copied; cmp -- ${source} ${file(name)}`,
  ].join('; ')
}

/** Writes an image of one folder in another format into a file of another one, and compares what both hold; prints how far it is, and "@copied" between. */
export function convertFromScript(
  from: { readonly folder: string; readonly name: string },
  fromFormat: string,
  to: { readonly name: string; readonly format: string },
): string {
  const source = shellQuote(`${from.folder}/${from.name}`)
  return [
    `command -v qemu-img >/dev/null || exit ${NOT_THERE}`,
    `[ -f ${source} ] && [ ! -L ${source} ] || exit ${NOT_THERE}`,
    `qemu-img convert -p -W -f ${fromFormat} -O ${to.format} ${source} ${file(to.name)} || exit`,
    likeFolder(to.name),
    `sync -- ${file(to.name)}; echo @copied; qemu-img compare -f ${fromFormat} -F ${to.format} ${source} ${file(to.name)}`,
  ].join('; ')
}

/** Gives the blocks of a file that are all zero back to its file system. */
export function sparsifyScript(name: string): string {
  return `command -v fallocate >/dev/null || exit ${NOT_THERE}; [ ! -L ${file(name)} ] && fallocate --dig-holes -- ${file(name)}`
}

/**
 * Fetches an address into a file that is there, sparse, by curl or wget; of more than the limit it takes one byte. Prints "@exit <code>" of the program, and what dd
 * says of how much it is, each second.
 */
export function fetchScript(
  url: string,
  name: string,
  options: { readonly limitBytes: number; readonly allowHttp: boolean },
): string {
  const protocols = options.allowHttp ? '=http,https' : '=https'
  const address = shellQuote(url)
  const curl = `curl -fsSL --max-redirs 5 --proto '${protocols}' --proto-redir '${protocols}' --connect-timeout 30 --speed-limit 1 --speed-time 120 -- ${address}`
  const wget = `wget -q -O - --max-redirect=5 --tries=1 --timeout=120 ${options.allowHttp ? '' : '--https-only '}-- ${address}`
  return [
    `if command -v curl >/dev/null; then fetch() { ${curl}; }; elif command -v wget >/dev/null; then fetch() { ${wget}; }; else exit ${NOT_THERE}; fi`,
    `{ { fetch; echo "@exit $?" >&3; } | head -c ${options.limitBytes + 1} | dd of=${file(name)} bs=64k iflag=fullblock oflag=nofollow conv=sparse,notrunc status=progress 2>&3; } 3>&1`,
  ].join('; ')
}

/** A script that is ended, with all that it started, when its input ends: when whoever waits for it is gone. */
export function endedWithInput(script: string): string {
  return [
    'exec 3<&0',
    `setsid sh -c ${shellQuote(script)} </dev/null 3<&- & work=$!`,
    '{ cat <&3; kill -TERM -- "-$work"; } >/dev/null 2>&1 & watch=$!',
    'exec 3<&-; wait "$work"; code=$?; kill "$watch" 2>/dev/null; exit "$code"',
  ].join('; ')
}

/** The first bytes of a file, in base64. */
export function readHeadScript(name: string, bytes: number): string {
  return `dd if=${file(name)} bs=${bytes} count=1 iflag=fullblock,nofollow status=none | base64 -w 0`
}

/** Its last bytes, in base64. */
export function readTailScript(name: string, bytes: number): string {
  return `tail -c ${bytes} -- ${file(name)} | base64 -w 0`
}

/**
 * Unpacks a file into another one, which becomes sparse; of more than the limit it takes one byte. Prints "@exit <code>" of the program, and what dd says
 * of how much it was.
 */
export function unpackScript(program: string, packed: string, name: string, limitBytes: number): string {
  const target = file(name)
  return [
    `command -v ${program} >/dev/null || exit ${NOT_THERE}`,
    `set -C; : > ${target} || exit; set +C`,
    likeFolder(name),
    `{ { ${program} -dc < ${file(packed)}; echo "@exit $?" >&3; } | head -c ${limitBytes + 1} | dd of=${target} bs=64k iflag=fullblock oflag=nofollow conv=sparse,notrunc 2>&3; } 3>&1 || exit`,
  ].join('; ')
}

/** Gives a file its size, as after a hole at its end. */
export function truncateScript(name: string, sizeBytes: number): string {
  return `[ -f ${file(name)} ] && [ ! -L ${file(name)} ] && truncate -s ${sizeBytes} -- ${file(name)}`
}

/** Prints what is in the folder: a line of numbers, one with the name in base64, and two with bytes that tell the format. */
export function listFilesScript(): string {
  return [
    `n=0; for f in *; do [ -f "$f" ] && [ ! -L "$f" ] || continue; n=$((n + 1)); [ $n -le ${LIST_LIMIT} ] || break`,
    `stat -c '%s %b %B' -- "$f" || continue`,
    `printf %s "$f" | base64 -w 0; echo`,
    `dd if="./$f" bs=${HEAD_BLOCKS_BYTES} count=1 iflag=fullblock,nofollow,nonblock status=none 2>/dev/null | base64 -w 0; echo`,
    `dd if="./$f" bs=${MEDIUM_SECTOR_BYTES} skip=16 count=1 iflag=fullblock,nofollow,nonblock status=none 2>/dev/null | base64 -w 0; echo`,
    'done',
  ].join('; ')
}
