import type { TopicEntity, TopicName } from '../../../shared/contract/index.ts'
import type { Vm, VmDevice, VmId } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Log, TopicRegistry } from '../../engine/index.ts'
import { type HostLink, type HostRegistry, refreshEverywhere } from '../../hosts/index.ts'
import { withoutSecrets } from '../../xml/index.ts'
import { liveXmlOf, withXmlErrors } from '../change/domain-xml.ts'
import { isRunning } from '../rules.ts'
import { type PlugDevice, readPlugDevices } from './plug-devices.ts'
import type { StoredDefinitions, StoredVersion } from './stored-definitions.ts'

export interface VmSettingsOptions {
  readonly hosts: HostRegistry
  readonly topics: TopicRegistry
  readonly definitions: StoredDefinitions
  readonly log: Log
}

/** Fills `vm.settings`, `vm.stored-xml` and `vm.devices` while somebody looks. */
export function produceStored(options: VmSettingsOptions): void {
  produce(options, 'vm.settings', ({ revision, settings }) => [{ id: 'settings', revision, ...settings }])
  produce(options, 'vm.stored-xml', ({ revision, xml }) => [{ id: 'stored', revision, xml: withoutSecrets(xml) }])
  produce(options, 'vm.devices', async ({ xml }, vm, link) => {
    const running = isRunning(vm) ? await liveXmlOf(link, vm) : null
    return withXmlErrors(vm, () => mergeDevices(readPlugDevices(xml), running === null ? [] : readPlugDevices(running)))
  })
}

/** As they run, and behind them those that come with the next start. Pure. */
export function mergeDevices(stored: readonly PlugDevice[], running: readonly PlugDevice[]): VmDevice[] {
  const ids = new Set(running.map(({ id }) => id))
  return [
    ...running.map((device) => ({
      ...device,
      isRunning: true,
      isStored: stored.some(({ id }) => id === device.id),
    })),
    ...stored.filter(({ id }) => !ids.has(id)).map((device) => ({ ...device, isRunning: false, isStored: true })),
  ]
}

type Read<T extends TopicName> = (
  version: StoredVersion,
  vm: Vm,
  link: HostLink,
) => readonly TopicEntity<T>[] | Promise<readonly TopicEntity<T>[]>

function produce<T extends 'vm.settings' | 'vm.stored-xml' | 'vm.devices'>(
  { hosts, topics, definitions, log }: VmSettingsOptions,
  topic: T,
  toEntities: Read<T>,
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
      const entities = await toEntities(await definitions.read(link, vm), vm, link)
      if (!stopped) collection.replaceAll([...entities])
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
