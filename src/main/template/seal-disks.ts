import { AppError } from '../../shared/errors/index.ts'
import { runAsRoot } from '../disk/index.ts'
import { type HostLink, shellQuote } from '../hosts/index.ts'

const ASK_TIMEOUT_MS = 20_000
/** It boots a small system of its own; without hardware virtualization that takes minutes. */
export const SEAL_TIMEOUT_MS = 30 * 60_000
const DETAIL_CHARACTERS = 300
const NO_TOOL = 'no-tool'

/** Is the tool that seals disks on that host? Null: it is. Errors: storage.needs-ssh, those of the link. */
export async function decideSealTool(link: HostLink): Promise<AppError | null> {
  const script = `command -v virt-sysprep >/dev/null || echo ${NO_TOOL}`
  const said = await runAsRoot(link, script, { path: 'virt-sysprep', timeoutMs: ASK_TIMEOUT_MS })
  if (!said.includes(NO_TOOL)) return null
  return new AppError('template.seal-tool-missing', { hostName: link.definition.name }, { hostId: link.id })
}

/**
 * Removes from the disks of a system what it knows itself by: machine ID, host keys, leases, logs, histories (https://libguestfs.org/virt-sysprep.1.html).
 * Again: does no harm. Errors: template.seal-failed, those of the link.
 */
export async function sealDisks(
  link: HostLink,
  name: string,
  disks: readonly { readonly path: string; readonly format: string }[],
  signal: AbortSignal,
): Promise<void> {
  const { path = '' } = disks[0] ?? {}
  const added = disks.map((disk) => `--format ${shellQuote(disk.format)} -a ${shellQuote(disk.path)}`).join(' ')
  const script = `LIBGUESTFS_BACKEND=direct virt-sysprep -q ${added} 2>&1 && echo @sealed || true`
  const said = await runAsRoot(link, script, { path, timeoutMs: SEAL_TIMEOUT_MS, signal })
  if (said.trimEnd().endsWith('@sealed')) return
  const detail = said.trim().replaceAll(/\s+/g, ' ').replaceAll(/\p{C}/gu, '\u{fffd}').slice(-DETAIL_CHARACTERS)
  const params = { name, hostName: link.definition.name, detail }
  throw new AppError('template.seal-failed', params, { subject: name, hostId: link.id })
}
