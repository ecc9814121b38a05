import { shellQuote } from '../../hosts/index.ts'
import { BACKUPS_FOLDER, backupFolder, MANIFEST_LIMIT, MANIFEST_NAME } from '../backup-manifest.ts'

/*
 * What is done with backups on a host, as POSIX shell scripts run as root in the domain's folder. Ids are UUIDs, and names of disks are checked.
 */

const LIST_LIMIT = 5_000

export interface NewBackupFile {
  readonly fileName: string
  readonly sizeBytes: number
}

const folderOf = (id: string) => shellQuote(`./${backupFolder(id)}`)
const like = (what: string) => `chown --reference=. -- ${what} && chmod --reference=. -- ${what}`

/** Makes a backup's folder with empty files in it, which lie on those of `parentId`. What is there of the same id goes. */
export function makeBackupScript(id: string, files: readonly NewBackupFile[], parentId: string | null): string {
  const folder = folderOf(id)
  const makes = files.map(({ fileName, sizeBytes }) => {
    const name = shellQuote(`./${fileName}`)
    // By a name from its own folder: the domain may be mounted elsewhere one day.
    const base = parentId === null ? '' : `-F qcow2 -b ${shellQuote(`../${parentId}/${fileName}`)} `
    return `qemu-img create -q -f qcow2 ${base}${name} ${sizeBytes} && chown --reference=. -- ${name} && chmod 0660 -- ${name} || exit`
  })
  return [
    `if [ -L ./${BACKUPS_FOLDER} ]; then echo "${BACKUPS_FOLDER} is a link" >&2; exit 1; fi`,
    `[ -d ./${BACKUPS_FOLDER} ] || { mkdir -- ./${BACKUPS_FOLDER} && ${like(`./${BACKUPS_FOLDER}`)} || exit; }`,
    `rm -rf -- ${folder}; mkdir -- ${folder} && ${like(folder)} || exit`,
    `cd -- ${folder} || exit`,
    ...makes,
  ].join('; ')
}

/** Copies the disk of a machine that is off into its backup, and compares the two; prints how far it is. */
export function copyDiskScript(source: RestoreSource, fileName: string): string {
  const [from, to] = [shellQuote(source.path), shellQuote(`./${fileName}`)]
  return [
    `qemu-img convert -p -n -W -f ${source.format} -O qcow2 ${from} ${to} || exit`,
    `qemu-img compare -q -f ${source.format} -F qcow2 ${from} ${to}`,
  ].join('; ')
}

export interface RestoreSource {
  readonly path: string
  readonly format: string
}

/** Writes what an image of a backup and those below it hold into a new file, and compares the two; prints how far it is. */
export function restoreDiskScript(image: string, to: RestoreSource): string {
  const [from, part] = [shellQuote(image), shellQuote(to.path)]
  return [
    `qemu-img convert -p -W -f qcow2 -O ${to.format} ${from} ${part} || exit`,
    `sync -- ${part}; qemu-img compare -q -f qcow2 -F ${to.format} ${from} ${part}`,
  ].join('; ')
}

/** Has a file checked and brought to disk; prints how much it takes: blocks, and their size. */
export function checkFileScript(fileName: string): string {
  const name = shellQuote(`./${fileName}`)
  return `qemu-img check -q -f qcow2 ${name} >&2 || exit; sync -- ${name}; stat -c '%b %B' -- ${name}`
}

/** Prints a line with each folder's name and one with its manifest in base64. */
export function listBackupsScript(): string {
  return [
    `[ -d ./${BACKUPS_FOLDER} ] && [ ! -L ./${BACKUPS_FOLDER} ] && cd ./${BACKUPS_FOLDER} || exit 0`,
    `n=0; for d in *; do f="./$d/${MANIFEST_NAME}"; [ -f "$f" ] && [ ! -L "$d" ] && [ ! -L "$f" ] || continue`,
    `n=$((n + 1)); [ $n -le ${LIST_LIMIT} ] || break`,
    `printf '%s\\n' "$d"; head -c ${MANIFEST_LIMIT} -- "$f" | base64 -w 0; echo`,
    'done',
  ].join('; ')
}

/** Removes backups for good, in that order; those that are gone do no harm. First what says that they are whole. */
export function removeBackupsScript(ids: readonly string[]): string {
  return ids.map((id) => `rm -f -- ${folderOf(id)}/${MANIFEST_NAME}; rm -rf -- ${folderOf(id)} || exit`).join('; ')
}

/** Puts restored files in the place of a machine's own. */
export function swapScript(swaps: readonly { readonly part: string; readonly path: string }[]): string {
  return swaps
    .map(({ part, path }) => {
      const [from, to] = [shellQuote(part), shellQuote(path)]
      return `if [ -f ${from} ]; then chown --reference=${to} -- ${from} 2>/dev/null; chmod --reference=${to} -- ${from} 2>/dev/null; sync -- ${from}; mv -fT -- ${from} ${to} || exit; fi`
    })
    .join('; ')
}
