import type { VmId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { Clock, Log, TopicRegistry } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import { repeat } from '../metrics/index.ts'
import { describeSnapshots } from './describe-snapshots.ts'
import type { KnownSnapshots } from './known-snapshots.ts'
import { fetchSizes } from './on-host/fetch-sizes.ts'

/** From one look at snapshots to the next: of most that happens to them there is no event. */
const LOOK_INTERVAL_MS = 60_000

export interface ProduceOptions {
  readonly topics: TopicRegistry
  readonly hosts: HostRegistry
  readonly known: KnownSnapshots
  readonly clock: Clock
  readonly log: Log
}

/** Declares the topic `snapshots`: read while somebody looks, when the machine or they themselves change, and now and then. */
export function produceSnapshots({ topics, hosts, known, clock, log }: ProduceOptions): void {
  const vms = topics.collection('vms')
  topics.produce('snapshots', (collection, key) => {
    const vmId = (key ?? '') as VmId
    if (!vms.entities.has(vmId)) throw new AppError('vm.not-found', { vmId })
    const reading = repeat({ clock, log, intervalMs: LOOK_INTERVAL_MS }, async (signal) => {
      const vm = vms.entities.get(vmId)
      const link = vm === undefined ? null : hosts.find(vm.hostId)
      if (vm === undefined || link?.isLive !== true) return
      const found = await known.read(link, vm, signal)
      const last = new Map(collection.entities)
      // Without their sizes first: to look at the storage may take as long as it likes.
      if (!signal.aborted) collection.replaceAll(describeSnapshots(found, null, last))
      if (found.length === 0) return
      const sizes = await fetchSizes(link, vm, found, signal)
      if (!signal.aborted) collection.replaceAll(describeSnapshots(found, sizes, last))
    })
    const stopListening = known.onChanged(vmId, () => reading.again())
    const stopHosts = hosts.onChange((change) => {
      if (change.kind === 'domains' && change.uuids.includes(vmId)) reading.again()
    })
    return () => {
      stopListening()
      stopHosts()
      reading.stop()
    }
  })
}
