import { z } from 'zod'
import { AppError } from '../../../shared/errors/index.ts'
import { runAsRoot } from '../../disk/index.ts'
import { type HostLink, shellQuote } from '../../hosts/index.ts'

const TIMEOUT_MS = 60_000
const CHAIN_LIMIT = 1_000

const infoSchema = z
  .array(
    z.object({
      filename: z.string(),
      format: z.string(),
      'format-specific': z.object({ data: z.object({ 'data-file': z.string().optional() }).optional() }).optional(),
    }),
  )
  .max(CHAIN_LIMIT)

/**
 * Looks at an image of a backup and all that it lies on, before a host reads it as root: whoever can write in the domain could have it read
 * files of the host. Errors: backup.damaged, those of the host.
 */
export async function refuseStrangeChain(
  link: HostLink,
  image: { readonly path: string; readonly folder: string; readonly name: string; readonly target: string },
  signal: AbortSignal,
): Promise<void> {
  const script = `qemu-img info --backing-chain --output=json -f qcow2 -- ${shellQuote(image.path)} 2>&1 || true`
  const told = await runAsRoot(link, script, { path: image.path, timeoutMs: TIMEOUT_MS, signal })
  const detail = findStrange(told, image.folder)
  if (detail !== null) throw new AppError('backup.damaged', { name: image.name, target: image.target, detail })
}

/** What is wrong with a chain, as qemu-img tells of it; null: nothing. Pure. */
export function findStrange(told: string, folder: string): string | null {
  let chain: z.infer<typeof infoSchema>
  try {
    chain = infoSchema.parse(JSON.parse(told))
  } catch {
    return told.trim().replaceAll(/\s+/g, ' ').replaceAll(/\p{C}/gu, '\u{fffd}').slice(0, 300) || 'nothing was read'
  }
  for (const { filename, format, 'format-specific': specific } of chain) {
    const inside = filename.startsWith(`${folder}/`) ? filename.slice(folder.length + 1) : null
    // Names of layers are told as they are written: "…/one/../other/vda.qcow2".
    const isInside = inside !== null && /^[0-9a-f-]{36}(?:\/\.\.\/[0-9a-f-]{36})*\/[\w-]+\.qcow2$/.test(inside)
    if (!isInside || format !== 'qcow2') return filename.slice(0, 300)
    const data = specific?.data?.['data-file']
    if (data !== undefined) return data.slice(0, 300)
  }
  return null
}
