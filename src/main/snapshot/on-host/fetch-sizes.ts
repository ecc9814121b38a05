import type { Vm } from '../../../shared/domain/index.ts'
import { isAppError } from '../../../shared/errors/index.ts'
import { runAsRoot } from '../../disk/index.ts'
import { type HostLink, shellQuote } from '../../hosts/index.ts'
import { keptDisks } from '../decide-method.ts'
import type { SnapshotSizes } from '../describe-snapshots.ts'
import type { FoundSnapshot } from '../fetch-snapshots.ts'
import { type ChainLayer, fetchExistingChains } from './image-chain.ts'

const TIMEOUT_MS = 30_000
const FILES_LIMIT = 2_048

/** What snapshots take beside the images, as far as their host can look. Errors: those of a link that was lost. */
export async function fetchSizes(
  link: HostLink,
  vm: Pick<Vm, 'name' | 'disks'>,
  found: readonly FoundSnapshot[],
  signal: AbortSignal,
): Promise<SnapshotSizes> {
  try {
    const images = keptDisks(vm).flatMap(({ source, sourceType }) => (sourceType === 'file' ? (source ?? []) : []))
    const chains = await fetchExistingChains(link, vm, images, signal)
    const files = found.flatMap(({ disks, memory }) => [...disks.map(({ layer }) => layer), memory.file])
    const wanted = [...new Set(files.filter((file) => file !== null))].slice(0, FILES_LIMIT)
    const allocated =
      wanted.length === 0
        ? ''
        : await runAsRoot(link, statScript(wanted), { path: wanted[0] ?? '', timeoutMs: TIMEOUT_MS, signal })
    return decideSizes(
      found,
      [...chains.values()].flat(),
      new Map(wanted.map((file, index) => [file, readBytes(allocated, index)])),
    )
  } catch (error) {
    // A host on which nothing can be run as root tells no sizes.
    if (isAppError(error) && error.code.startsWith('storage.')) return new Map()
    throw error
  }
}

/** A line for each file: what it takes, or "-". */
function statScript(files: readonly string[]): string {
  return files.map((file) => `stat -c '%b %B' -- ${shellQuote(file)} 2>/dev/null || echo -`).join('; ')
}

function readBytes(output: string, index: number): number | null {
  const [blocks, size] = (output.split('\n')[index] ?? '').split(' ').map(Number)
  return Number.isSafeInteger(blocks) && Number.isSafeInteger(size) ? (blocks ?? 0) * (size ?? 0) : null
}

/** Of an external one its layers and its memory; of one inside images its memory, which is all that is told of it. Pure. */
export function decideSizes(
  found: readonly FoundSnapshot[],
  layers: readonly ChainLayer[],
  allocated: ReadonlyMap<string, number | null>,
): SnapshotSizes {
  const sizes = new Map<string, number>()
  for (const { name, disks, memory } of found) {
    const files = [...disks.flatMap(({ layer }) => layer ?? []), ...(memory.file === null ? [] : [memory.file])]
    const inside = layers.flatMap(({ snapshots }) => snapshots.filter((kept) => kept.name === name))
    const bytes = files.map((file) => allocated.get(file) ?? null)
    if (files.length === 0 && inside.length === 0) continue
    if (bytes.some((each) => each === null)) continue
    const memoryBytes = inside.reduce((sum, kept) => sum + kept.memoryBytes, 0)
    sizes.set(
      name,
      bytes.reduce<number>((sum, each) => sum + (each ?? 0), memoryBytes),
    )
  }
  return sizes
}
