import type { TopicEntity } from '../../../shared/contract/index.ts'
import type { VmId } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Log, TopicRegistry } from '../../engine/index.ts'
import { type HostRegistry, refreshEverywhere } from '../../hosts/index.ts'
import { withoutSecrets } from '../../xml/index.ts'
import type { StoredDefinitions, StoredVersion } from './stored-definitions.ts'

export interface VmSettingsOptions {
  readonly hosts: HostRegistry
  readonly topics: TopicRegistry
  readonly definitions: StoredDefinitions
  readonly log: Log
}

/** Fills `vm.settings` and `vm.stored-xml` while somebody looks. */
export function produceStored(options: VmSettingsOptions): void {
  produce(options, 'vm.settings', ({ revision, settings }) => ({ id: 'settings', revision, ...settings }))
  produce(options, 'vm.stored-xml', ({ revision, xml }) => ({ id: 'stored', revision, xml: withoutSecrets(xml) }))
}

function produce<T extends 'vm.settings' | 'vm.stored-xml'>(
  { hosts, topics, definitions, log }: VmSettingsOptions,
  topic: T,
  toEntity: (version: StoredVersion) => TopicEntity<T>,
): void {
  topics.produce(topic, (collection, key) => {
    const vmId = (key ?? '') as VmId
    const vmOf = () => topics.collection('vms').entities.get(vmId)
    if (vmOf() === undefined) throw new AppError('vm.not-found', { vmId })
    let stopped = false
    let reading: Promise<void> | null = null
    let again = false

    async function readOnce(): Promise<void> {
      const vm = vmOf()
      const link = vm === undefined ? null : hosts.find(vm.hostId)
      if (vm === undefined || link === null) throw new AppError('vm.not-found', { vmId })
      // What is shown stays, and is read again when the host is back.
      if (!link.isLive || !vm.persistent) return
      const entity = toEntity(await definitions.read(link, vm))
      if (!stopped) collection.replaceAll([entity])
    }

    function read(): void {
      if (reading !== null) {
        again = true
        return
      }
      reading = readOnce()
        .catch((error: unknown) => {
          if (!isAppError(error)) log.error({ err: error, vmId }, 'reading a stored definition failed by a bug')
          else if (!stopped && error.code.startsWith('vm.')) collection.close(error)
        })
        .finally(() => {
          reading = null
          if (again && !stopped) {
            again = false
            read()
          }
        })
    }

    const stopListening = hosts.onChange((change) => {
      const isIt =
        (change.kind === 'domains' && change.uuids.includes(vmId)) ||
        (change.kind === 'definition' && change.uuid === vmId)
      if (isIt) read()
    })
    read()
    void refreshEverywhere(hosts.list(), vmId)
    return () => {
      stopped = true
      stopListening()
    }
  })
}
