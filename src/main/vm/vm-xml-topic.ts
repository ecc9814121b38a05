import type { TopicEntity } from '../../shared/contract/index.ts'
import type { VmId } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { Log, TopicRegistry } from '../engine/index.ts'
import { domainReference, type HostRegistry, isActiveState, refreshEverywhere } from '../hosts/index.ts'
import { withoutSecrets } from '../xml/index.ts'

/** `virDomainXMLFlags`: without `SECURE` (1) libvirt leaves passwords out itself. */
const XML = { current: 0, inactive: 2 } as const
const READ_TIMEOUT_MS = 15_000

export interface VmXmlOptions {
  readonly hosts: HostRegistry
  readonly topics: TopicRegistry
  readonly log: Log
}

/** Fills `vm.xml` while somebody looks: as it runs, and as it will start next where that differs. */
export function produceVmXml({ hosts, topics, log }: VmXmlOptions): void {
  topics.produce('vm.xml', (collection, key) => {
    const vmId = (key ?? '') as VmId
    if (!topics.collection('vms').entities.has(vmId)) throw new AppError('vm.not-found', { vmId })
    let stopped = false
    let reading = false
    let again = false

    async function read(): Promise<void> {
      if (reading) {
        again = true
        return
      }
      reading = true
      try {
        do {
          again = false
          const entities = await fetchXml(vmId)
          if (stopped) return
          if (entities !== null) collection.replaceAll(entities)
        } while (again)
      } catch (error) {
        if (!isAppError(error)) {
          log.error({ err: error, vmId }, 'reading a definition failed by a bug')
          return
        }
        // Gone for good. When only its host is away, what is shown stays, and is read again when the host is back.
        if (isAppError(error, 'vm.not-found') && !stopped) collection.close(error)
      } finally {
        reading = false
      }
    }

    /** Null while its host cannot be asked. */
    async function fetchXml(id: VmId): Promise<TopicEntity<'vm.xml'>[] | null> {
      const hostId = topics.collection('vms').entities.get(id)?.hostId
      const link = hostId === undefined ? null : hosts.find(hostId)
      const record = link?.domains.get(id)
      if (link === null || record === undefined) throw new AppError('vm.not-found', { vmId: id })
      if (!link.isLive) return null
      const dom = domainReference(record)
      const fetchOne = async (flags: number) =>
        withoutSecrets(
          (await link.control().call('DOMAIN_GET_XML_DESC', { dom, flags }, { timeoutMs: READ_TIMEOUT_MS })).xml,
        )
      const current = await fetchOne(XML.current)
      const entities: TopicEntity<'vm.xml'>[] = [{ id: 'current', xml: current }]
      if (isActiveState(record.state) && record.persistent) {
        const next = await fetchOne(XML.inactive)
        if (next !== current) entities.push({ id: 'next', xml: next })
      }
      return entities
    }

    const stopListening = hosts.onChange((change) => {
      if (change.kind === 'domains' && change.uuids.includes(vmId)) void read()
    })
    void read()
    void refreshEverywhere(hosts.list(), vmId)
    return () => {
      stopped = true
      stopListening()
    }
  })
}
