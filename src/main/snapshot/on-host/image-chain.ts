import { z } from 'zod'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { runAsRoot } from '../../disk/index.ts'
import { type HostLink, shellQuote } from '../../hosts/index.ts'

const TIMEOUT_MS = 60_000
const LAYERS_LIMIT = 256
const SEPARATOR = '@@'

/** One file of an image, as qemu-img reads it from the storage. */
export interface ChainLayer {
  readonly path: string
  readonly format: string
  readonly allocatedBytes: number
  readonly snapshots: readonly { readonly name: string; readonly memoryBytes: number }[]
}

const infoSchema = z.array(
  z.object({
    filename: z.string(),
    format: z.string(),
    'actual-size': z.number().default(0),
    'full-backing-filename': z.string().optional(),
    snapshots: z.array(z.object({ name: z.string(), 'vm-state-size': z.number().default(0) })).default([]),
  }),
)

/** Whose storage is looked at, for errors. */
export interface ChainAbout {
  readonly name: string
}

/**
 * Reads from the storage what each image lies on, down to its base, while machines may have it open. Errors: snapshot.chain-broken where
 * one lacks or cannot be read, storage.needs-ssh, those of the link.
 */
export async function fetchChains(
  link: HostLink,
  { name }: ChainAbout,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly ChainLayer[]>> {
  const chains = new Map<string, readonly ChainLayer[]>()
  if (paths.length === 0) return chains
  const output = await runAsRoot(link, readChainsScript(paths), { path: paths[0] ?? '', timeoutMs: TIMEOUT_MS, signal })
  const parts = output.split(`${SEPARATOR}\n`).slice(1)
  for (const [index, path] of paths.entries()) {
    const layers = parseChain(parts[index] ?? '')
    if (typeof layers === 'string')
      throw new AppError('snapshot.chain-broken', { name, path, detail: layers }, { subject: name })
    chains.set(path, layers)
  }
  return chains
}

/** The same without those that lack or cannot be read. Errors: storage.needs-ssh, those of the link. */
export async function fetchExistingChains(
  link: HostLink,
  about: ChainAbout,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly ChainLayer[]>> {
  const chains = new Map<string, readonly ChainLayer[]>()
  for (const path of new Set(paths)) {
    try {
      for (const [each, layers] of await fetchChains(link, about, [path], signal)) chains.set(each, layers)
    } catch (error) {
      if (!isAppError(error, 'snapshot.chain-broken')) throw error
    }
  }
  return chains
}

/** For each image a line of its own, then what qemu-img says of it, or its complaint. */
export function readChainsScript(paths: readonly string[]): string {
  return paths
    .map((path) => `echo ${SEPARATOR}; qemu-img info -U --backing-chain --output=json -- ${shellQuote(path)} 2>&1`)
    .concat('true')
    .join('; ')
}

/** What qemu-img said of one image, from itself down to its base; or why that is none. Pure. */
export function parseChain(text: string): readonly ChainLayer[] | string {
  let told: unknown
  try {
    told = JSON.parse(text)
  } catch {
    return text.trim().replaceAll(/\s+/g, ' ').replaceAll(/\p{C}/gu, '\u{fffd}').slice(0, 300) || 'nothing was read'
  }
  const parsed = infoSchema.safeParse(told)
  if (!parsed.success) return 'qemu-img says something else than expected'
  if (parsed.data.length > LAYERS_LIMIT) return `more than ${LAYERS_LIMIT} layers`
  return parsed.data.map((each) => ({
    path: each.filename,
    format: each.format,
    allocatedBytes: each['actual-size'],
    snapshots: each.snapshots.map((kept) => ({ name: kept.name, memoryBytes: kept['vm-state-size'] })),
  }))
}

/** A layer that may have no use any more. */
export interface LayerCandidate {
  /** It, and what it lies on. */
  readonly chain: readonly ChainLayer[]
  /** What the machine has in its place. */
  readonly instead: readonly ChainLayer[]
}

/**
 * The layers that can go: such as lie on the same images as what the machine has in their place, and that nothing else lies on. A base image
 * is none, nor what has nothing to do with the machine's own. Pure.
 */
export function decideUnusedLayers(
  candidates: readonly LayerCandidate[],
  kept: Iterable<readonly ChainLayer[]>,
): readonly string[] {
  const keptPaths = new Set([...kept].flatMap((layers) => layers.map(({ path }) => path)))
  const unused = candidates.flatMap(({ chain: [top, ...below], instead }) => {
    const own = new Set(instead.map(({ path }) => path))
    const isBranch = below.some(({ path }) => own.has(path))
    return top !== undefined && isBranch && !keptPaths.has(top.path) ? [top.path] : []
  })
  return [...new Set(unused)]
}
