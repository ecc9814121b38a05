import {
  type Cluster,
  type Host,
  type HostId,
  type Vm,
  type VmId,
  vmIdSchema,
  vmNameSchema,
} from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { decideTakesVms } from '../../host/index.ts'
import {
  childIn,
  childrenIn,
  type DomainDefinition,
  parseDomain,
  parseEditable,
  removeElement,
  setAttribute,
  setText,
  XmlError,
} from '../../xml/index.ts'
import { decideMacs } from '../create/decide-macs.ts'
import { decideNameFree } from '../create/decide-parts.ts'

export interface ImportRequest {
  readonly hostId: HostId
  /** As `virsh dumpxml` prints it. */
  readonly xml: string
  /** Default: the one in the definition. */
  readonly name?: string | undefined
}

/** Who a definition becomes: its own name, UUID and addresses where nobody has them. */
export interface ImportedIdentity {
  readonly vmId: VmId
  readonly name: string
  /** Of its cards, in their order. */
  readonly macAddresses: readonly string[]
}

/**
 * Decides who a definition becomes on a host, or why it cannot be one there. `freshId`: its UUID, where a machine has the one that it is
 * written with. Pure.
 */
export function decideImport(
  model: ModelSnapshot,
  { hostId, xml, name: wantedName }: ImportRequest,
  freshId: VmId,
): ImportedIdentity | AppError {
  const host = model.hosts.get(hostId)
  if (host === undefined) return new AppError('host.not-found', { hostId })
  const cluster = model.clusters.get(host.clusterId)
  if (cluster === undefined) return new AppError('cluster.not-found', { clusterId: host.clusterId })
  const definition = readWritten(xml)
  if (definition instanceof AppError) return definition
  const name = vmNameSchema.safeParse(wantedName ?? definition.name)
  if (!name.success) return unreadable(`<name>${definition.name}</name>`)
  const ownId = vmIdSchema.safeParse(definition.uuid)
  const vmId = ownId.success && !model.vms.has(ownId.data) ? ownId.data : freshId
  const refusal =
    decideTakesVms(host) ??
    decideNameFree(model, cluster.datacenterId, name.data) ??
    decideDisksFree(model, host, name.data, definition, xml)
  if (refusal !== null) return refusal
  const macAddresses = decideFreeMacs(model, cluster, vmId, name.data, definition)
  return macAddresses instanceof AppError ? macAddresses : { vmId, name: name.data, macAddresses }
}

/** The definition of that machine: name, UUID and addresses are its own, all else stays byte for byte. Throws XmlError. Pure. */
export function writeIdentity(xml: string, { vmId, name, macAddresses }: ImportedIdentity): string {
  const read = parseDomain(xml)
  const isOther = read.uuid !== vmId || read.name !== name
  let document = parseEditable(xml)
  const change = (element: string, text: string) => {
    const there = childIn(document.root, element)
    if (there !== null) document = setText(document, there, text)
  }
  change('name', name)
  if (read.uuid !== vmId) change('uuid', vmId)
  const nvram = childIn(childIn(document.root, 'os'), 'nvram')
  // Two machines with one file of firmware variables would overwrite each other's: libvirt makes one from its template.
  if (isOther && nvram !== null) document = removeElement(document, nvram)
  for (const [index, macAddress] of macAddresses.entries()) {
    const mac = childIn(childrenIn(childIn(document.root, 'devices'), 'interface')[index] ?? null, 'mac')
    if (mac !== null && mac.attributes.address?.toLowerCase() !== macAddress) {
      document = setAttribute(document, mac, 'address', macAddress)
    }
  }
  return document.text
}

function readWritten(xml: string): DomainDefinition | AppError {
  try {
    return parseDomain(xml)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return unreadable(error.message, error)
  }
}

function unreadable(detail: string, cause?: XmlError): AppError {
  return new AppError('vm.xml-unreadable', { detail }, { cause })
}

function decideFreeMacs(
  model: ModelSnapshot,
  cluster: Cluster,
  vmId: VmId,
  name: string,
  { nics }: DomainDefinition,
): readonly string[] | AppError {
  const taken = new Set(
    [...model.vms.values()].flatMap((vm) => vm.nics.map(({ macAddress }) => macAddress.toLowerCase())),
  )
  const wanted = nics.map(({ macAddress }) => {
    const own = macAddress.toLowerCase()
    if (own === '' || taken.has(own)) return undefined
    taken.add(own)
    return own
  })
  return decideMacs(model, cluster, { vmId, name, wanted })
}

/** Two machines that write one disk would destroy what is on it. Those that are shared or only read may be had by several. */
function decideDisksFree(
  model: ModelSnapshot,
  host: Host,
  name: string,
  { disks }: DomainDefinition,
  xml: string,
): AppError | null {
  const devices = childIn(parseEditable(xml).root, 'devices')
  const shared = new Set(
    childrenIn(devices, 'disk').flatMap((disk) =>
      childIn(disk, 'shareable') === null ? [] : [childIn(disk, 'target')?.attributes.dev],
    ),
  )
  for (const { target, device, source, readOnly } of disks) {
    if (source === null || readOnly || (device !== 'disk' && device !== 'lun') || shared.has(target)) continue
    const other = [...model.vms.values()].find((vm) => isReachable(host, vm) && has(vm, source))
    if (other !== undefined) return new AppError('vm.import-disk-taken', { name, path: source, otherName: other.name })
  }
  return null
}

/** In another cluster a path may be another file; in one cluster it is taken for the same. */
function isReachable(host: Host, vm: Vm): boolean {
  return vm.hostId === host.id || vm.clusterId === host.clusterId
}

function has(vm: Vm, source: string): boolean {
  return vm.disks.some((disk) => disk.source === source && !disk.readOnly)
}
