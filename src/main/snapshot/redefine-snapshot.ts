import { AppError } from '../../shared/errors/index.ts'
import { domainReference, type HostLink, isLibvirtError } from '../hosts/index.ts'
import type { ActedOn } from '../vm/index.ts'
import { XmlError } from '../xml/index.ts'
import type { FoundSnapshot } from './fetch-snapshots.ts'

const TIMEOUT_MS = 60_000
/** `VIR_DOMAIN_SNAPSHOT_XML_SECURE`: the definition in it goes back to where it came from. */
const SECURE = 1
/** `virDomainSnapshotCreateFlags`. */
const REDEFINE = 1
const CURRENT = 2

/** A snapshot's own XML, with the passwords in its definition: for its host, and nowhere else. Errors: those of the link. */
export async function fetchSnapshotXml(link: HostLink, vm: ActedOn, name: string): Promise<string> {
  const snap = { name, dom: domainReference({ name: vm.name, uuid: vm.id }) }
  const { xml } = await link
    .control()
    .call('DOMAIN_SNAPSHOT_GET_XML_DESC', { snap, flags: SECURE }, { timeoutMs: TIMEOUT_MS })
  return xml
}

/** Changes what libvirt keeps of a snapshot. `isCurrent`: the machine goes on from it. Errors: vm.operation-refused, those of the link. */
export async function redefineSnapshot(
  link: HostLink,
  vm: ActedOn,
  snapshot: Pick<FoundSnapshot, 'name' | 'isCurrent'>,
  change: (xml: string) => string,
): Promise<void> {
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const flags = REDEFINE | (snapshot.isCurrent ? CURRENT : 0)
  try {
    const xml = change(await fetchSnapshotXml(link, vm, snapshot.name))
    await link.control().call('DOMAIN_SNAPSHOT_CREATE_XML', { dom, xml_desc: xml, flags }, { timeoutMs: TIMEOUT_MS })
  } catch (error) {
    const message = error instanceof XmlError ? error.message : isLibvirtError(error) ? error.params.message : null
    if (message === null) throw error
    const about = { cause: error, subject: vm.name, hostId: link.id }
    throw new AppError('vm.operation-refused', { name: vm.name, action: 'snapshot-edit', message }, about)
  }
}
