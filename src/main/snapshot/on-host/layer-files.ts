import { runAsRoot } from '../../disk/index.ts'
import { type HostLink, shellQuote } from '../../hosts/index.ts'

const TIMEOUT_MS = 60_000

/** A layer to be made over an image that stays as it is. */
export interface NewLayer {
  readonly target: string
  readonly path: string
  readonly basePath: string
  readonly baseFormat: string
}

/** Makes empty layers, readable for whom their images are. What is there already is made anew. Errors: storage.full, those of the host. */
export async function makeLayers(link: HostLink, layers: readonly NewLayer[], signal?: AbortSignal): Promise<void> {
  const script = layers
    .map(({ path, basePath, baseFormat }) => {
      const [file, base] = [shellQuote(path), shellQuote(basePath)]
      return `rm -f -- ${file} && qemu-img create -q -f qcow2 -F ${shellQuote(baseFormat)} -b ${base} -- ${file} && { chown --reference=${base} -- ${file}; chmod 0660 -- ${file}; sync -- ${file}; } || exit`
    })
    .join('; ')
  await runAsRoot(link, `umask 0077; ${script}`, { path: layers[0]?.path ?? '', timeoutMs: TIMEOUT_MS, signal })
}

/** Removes files for good; those that are gone do no harm. Errors: those of the host. */
export async function removeFiles(link: HostLink, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return
  const script = `rm -f -- ${paths.map((path) => shellQuote(path)).join(' ')}`
  await runAsRoot(link, script, { path: paths[0] ?? '', timeoutMs: TIMEOUT_MS })
}
