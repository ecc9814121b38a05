import type { ParsedInput } from '../../../shared/contract/index.ts'
import { decideHotFields, type Vm, type VmEditField } from '../../../shared/domain/index.ts'
import { domainReference, type HostLink, isLibvirtError } from '../../hosts/index.ts'

/** `virDomainModificationImpact`. */
const LIVE = 1
/** `virDomainMetadataType`. */
const DESCRIPTION = 0
const TITLE = 1
/** A guest may take its time to let go of a processor. */
const TIMEOUT_MS = 60_000

/**
 * Gives a running domain what it can be given while it runs. Returns what waits for its next start: what libvirt cannot change there,
 * or has refused to. `module`: the element of the memory that is plugged in. Errors: those of the link.
 */
export async function applyLive(
  link: HostLink,
  vm: Vm,
  { vmId: _vmId, revision: _revision, applyNow: _applyNow, ...edit }: ParsedInput<'vm.edit'>,
  module: string | null = null,
): Promise<readonly VmEditField[]> {
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const control = link.control()
  const limits = { timeoutMs: TIMEOUT_MS }
  const setText = (type: number, text: string | undefined) =>
    control.call(
      'DOMAIN_SET_METADATA',
      { dom, type, metadata: text === undefined || text === '' ? null : text, key: null, uri: null, flags: LIVE },
      limits,
    )
  const calls: { readonly [Field in VmEditField]?: () => Promise<unknown> } = {
    title: () => setText(TITLE, edit.title),
    description: () => setText(DESCRIPTION, edit.description),
    memoryMiB: () => {
      if (module !== null) return control.call('DOMAIN_ATTACH_DEVICE_FLAGS', { dom, xml: module, flags: LIVE }, limits)
      return control.call(
        'DOMAIN_SET_MEMORY_FLAGS',
        { dom, memory: BigInt(edit.memoryMiB ?? 0) * 1024n, flags: LIVE },
        limits,
      )
    },
    vcpus: () => control.call('DOMAIN_SET_VCPUS_FLAGS', { dom, nvcpus: edit.vcpus ?? 0, flags: LIVE }, limits),
  }
  const { now: fields, later } = decideHotFields(edit, vm)
  // What the balloon cannot give is plugged in.
  const now = module === null ? fields : [...fields, 'memoryMiB' as const]
  const waiting = later.filter((field) => !now.includes(field))
  for (const field of now) {
    try {
      await calls[field]?.()
    } catch (error) {
      if (!isLibvirtError(error)) throw error
      waiting.push(field)
    }
  }
  await link.refreshDomain(vm.id)
  return waiting
}
