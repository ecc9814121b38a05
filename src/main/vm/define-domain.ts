import type { VmId } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import { domainReference, type HostLink, isLibvirtError } from '../hosts/index.ts'

const TIMEOUT_MS = 60_000

/** `VIR_DOMAIN_DEFINE_VALIDATE`: against libvirt's schema first, whose errors name the element. */
const VALIDATE = 1

/** `virDomainUndefineFlagsValues`: what belongs to the definition alone goes with it. */
const MANAGED_SAVE = 1
const SNAPSHOTS_METADATA = 2
const NVRAM = 4
const CHECKPOINTS_METADATA = 16
/** Since libvirt 8.9. */
const TPM = 32

export interface DefinedDomain {
  readonly vmId: VmId
  readonly name: string
}

/**
 * Defines a domain on a host, and reads it. `validates: false` for what libvirt has taken before: it may hold what its schema does not
 * know. Errors: vm.definition-refused with libvirt's words, those of the link.
 */
export async function defineDomain(
  link: HostLink,
  { vmId, name }: DefinedDomain,
  xml: string,
  { validates = true }: { readonly validates?: boolean } = {},
): Promise<void> {
  try {
    const flags = validates ? VALIDATE : 0
    await link.control().call('DOMAIN_DEFINE_XML_FLAGS', { xml, flags }, { timeoutMs: TIMEOUT_MS })
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    const { message } = error.params
    const about = { cause: error, subject: name, hostId: link.id }
    throw new AppError('vm.definition-refused', { name, hostName: link.definition.name, message }, about)
  }
  await refreshQuietly(link, vmId)
}

/**
 * Takes a definition away, with saved state, snapshots' metadata, variables of its firmware and state of its TPM. One that is gone is no
 * error. Errors: vm.operation-refused, those of the link.
 */
export async function undefineDomain(link: HostLink, { vmId, name }: DefinedDomain): Promise<void> {
  const dom = domainReference({ name, uuid: vmId })
  const all = MANAGED_SAVE | SNAPSHOTS_METADATA | NVRAM | CHECKPOINTS_METADATA
  const undefine = (flags: number) =>
    link.control().call('DOMAIN_UNDEFINE_FLAGS', { dom, flags }, { timeoutMs: TIMEOUT_MS })
  await undefine(all | TPM)
    // An older libvirt knows no such flag, and removes the state by itself.
    .catch((error: unknown) => (isLibvirtError(error, 'invalidArgument') ? undefine(all) : Promise.reject(error)))
    .catch((error: unknown) => {
      const isGone = isLibvirtError(error, 'noDomain')
      if (isGone) return
      if (!isLibvirtError(error)) throw error
      const about = { cause: error, subject: name, hostId: link.id }
      throw new AppError('vm.operation-refused', { name, action: 'remove', message: error.params.message }, about)
    })
  await refreshQuietly(link, vmId)
}

/** It is done: that it cannot be read just now only means that it shows later. */
async function refreshQuietly(link: HostLink, vmId: VmId): Promise<void> {
  try {
    await link.refreshDomain(vmId)
  } catch (error) {
    if (!isAppError(error)) throw error
  }
}
