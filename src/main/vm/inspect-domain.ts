import type { HostId, VmId } from '../../shared/domain/index.ts'
import type { Inspection } from '../engine/index.ts'
import type { DomainRecord, HostRegistry } from '../hosts/index.ts'

/**
 * Looks at a VM where a step worked on it. A domain that is not there has nothing of the effect. `null`: the effect of such a
 * step cannot be seen, so nobody will ever know. Errors: those of the link, when the host cannot be asked now.
 */
export async function inspectDomain(
  hosts: HostRegistry,
  { hostId, vmId }: { readonly hostId: string | null; readonly vmId: VmId },
  look: (record: DomainRecord) => Inspection | boolean | null,
): Promise<Inspection> {
  const link = hosts.get(hostId as HostId)
  const record = await link.refreshDomain(vmId)
  if (record === null) return 'absent'
  const seen = look(record)
  if (seen === null) return 'unknowable'
  return typeof seen === 'boolean' ? (seen ? 'done' : 'absent') : seen
}
