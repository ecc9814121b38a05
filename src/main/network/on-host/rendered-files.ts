import type { ManagerVerdict } from './decide-manager.ts'
import type { HostNetworkFacts } from './host-facts.ts'
import type { WantedInterface } from './wanted-interfaces.ts'

/** What a manager's configuration becomes, and what it is told. */
export interface Rendering {
  /** The folder that holds all of its files. It is covered by its future while a change is on trial. */
  readonly folder: string
  /** By path: what is to stand there; null: no such file. Files that stay are left out. */
  readonly files: ReadonlyMap<string, string | null>
  /** The interfaces that Virtdeck's own files there configure now. */
  readonly ours: ReadonlySet<string>
  /** Takes up what the folder holds then. `changed`: interfaces that are other than before, what lies below first. */
  readonly applyCommands: (changed: readonly string[]) => readonly string[]
  /** Takes up the folder as it was. */
  readonly restoreCommands: (changed: readonly string[]) => readonly string[]
  /** Before what is gone is deleted: lets go of interfaces. */
  readonly releaseCommands: (changed: readonly string[]) => readonly string[]
}

export interface RenderInput {
  readonly facts: HostNetworkFacts
  readonly verdict: ManagerVerdict
  readonly wanted: readonly WantedInterface[]
}

/** Files below a folder that hold what is wanted, beside those of ours that are there and no more wanted. Pure. */
export function replaceOwnFiles(
  files: ReadonlyMap<string, string>,
  isOwn: (path: string) => boolean,
  wanted: ReadonlyMap<string, string>,
): ReadonlyMap<string, string | null> {
  const gone = [...files.keys()].filter((path) => isOwn(path) && !wanted.has(path))
  const changed = [...wanted].filter(([path, text]) => files.get(path) !== text)
  return new Map<string, string | null>([...gone.map((path) => [path, null] as const), ...changed])
}
