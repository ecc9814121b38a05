import { shellQuote } from '../../hosts/index.ts'
import { createDiskScript, IN_THE_WAY } from '../on-host/scripts.ts'

/*
 * The file that a mirror is written into has its last name from the start: QEMU goes on with that one. That it is this operation's own shows by its
 * second name, the unfinished one, which is a hard link to it: so nothing of others is ever written over or taken away, whenever an engine dies.
 */

export interface TargetFile {
  /** Its unfinished name. */
  readonly part: string
  readonly fileName: string
}

const file = (name: string) => shellQuote(`./${name}`)
const isOwn = ({ part, fileName }: TargetFile) => `[ ${file(fileName)} -ef ${file(part)} ]`

/** Makes it, empty; what this operation made of it before goes. Exits with `IN_THE_WAY` where somebody else's file has its name. */
export function makeTargetScript(
  target: TargetFile,
  disk: { readonly format: string; readonly sizeBytes: number },
): string {
  const { part, fileName } = target
  const name = file(fileName)
  return [
    removeTargetScript(target),
    `if [ -e ${name} ] || [ -L ${name} ]; then exit ${IN_THE_WAY}; fi`,
    `${createDiskScript(part, { ...disk, isPreallocated: false })} && ln -T -- ${file(part)} ${name}`,
  ].join('; ')
}

/** Takes both names away; a file of somebody else's stays. */
export function removeTargetScript(target: TargetFile): string {
  return `if ${isOwn(target)}; then rm -f -- ${file(target.fileName)}; fi; rm -f -- ${file(target.part)}`
}

/** Prints "yes" or "no". */
export function ownsTargetScript(target: TargetFile): string {
  return `if ${isOwn(target)}; then echo yes; else echo no; fi`
}
