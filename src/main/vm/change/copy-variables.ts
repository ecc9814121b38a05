import type { Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { runAsRoot } from '../../disk/index.ts'
import { type HostLink, shellQuote } from '../../hosts/index.ts'

const TIMEOUT_MS = 60_000
/** Those of 64-bit Arm have 64 MiB, nearly all of it zeros. */
const FILE_BYTES = 64 * 1_048_576
/** What of it is taken over the line, packed. */
const PACKED_BYTES = 8 * 1_048_576
const MARK = 'packed:'
const TOO_LARGE = 'too-large:'

export interface VariablesCopy {
  readonly from: HostLink
  readonly to: HostLink
  /** The file of both hosts. */
  readonly path: string
}

/**
 * Copies the variables of a stopped machine's UEFI: what its firmware remembers of boot entries and keys. A machine that has none there yet
 * gets them from libvirt at its first start. libvirt gives the file to QEMU's user when it starts the machine.
 * Errors: vm.firmware-state-too-large, storage.host-failed, storage.needs-ssh, those of the links.
 */
export async function copyVariables({ from, to, path }: VariablesCopy, vm: Pick<Vm, 'name'>): Promise<void> {
  const quoted = shellQuote(path)
  const read = [
    `f=${quoted}`,
    '[ -f "$f" ] || exit 0',
    `[ "$(stat -L -c %s "$f")" -le ${FILE_BYTES} ] || { echo ${TOO_LARGE}; exit 0; }`,
    `printf ${MARK}`,
    'gzip -c <"$f" | base64 -w0',
  ].join('\n')
  const said = await runAsRoot(from, read, { path, timeoutMs: TIMEOUT_MS, maxOutputBytes: PACKED_BYTES })
  if (said.includes(TOO_LARGE)) {
    const params = { name: vm.name, hostName: from.definition.name, path }
    throw new AppError('vm.firmware-state-too-large', params, { subject: vm.name, hostId: from.id })
  }
  const packed = said.slice(said.lastIndexOf(MARK) + MARK.length).trim()
  if (!said.includes(MARK)) return
  if (!/^[A-Za-z0-9+/]+=*$/.test(packed)) {
    const params = { hostName: from.definition.name, path, detail: 'what was read of it is not whole' }
    throw new AppError('storage.host-failed', params, { hostId: from.id, subject: vm.name })
  }
  const write = [
    `f=${quoted}`,
    'umask 077',
    'mkdir -p -- "$(dirname "$f")"',
    'if base64 -d | gzip -dc >"$f.virtdeck" && mv -f -- "$f.virtdeck" "$f"; then exit 0; fi',
    'rm -f -- "$f.virtdeck"',
    'exit 1',
  ].join('\n')
  await runAsRoot(to, write, { path, timeoutMs: TIMEOUT_MS, input: packed })
}

/** Takes a copy away that nothing needs. Errors: storage.host-failed, those of the link. */
export async function removeVariables(link: HostLink, path: string): Promise<void> {
  await runAsRoot(link, `rm -f -- ${shellQuote(path)}`, { path, timeoutMs: TIMEOUT_MS })
}
