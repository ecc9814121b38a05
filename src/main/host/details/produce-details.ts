import { z } from 'zod'
import { type HostId, hostDetailsSchema, hostDeviceSchema, type VmId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { fetchDetails } from './fetch-details.ts'
import { fetchDevices } from './fetch-devices.ts'
import { fetchHostLog, fetchVmLog } from './fetch-log.ts'
import { type ProduceOptions, produceReadings } from './produce-readings.ts'

/** Load and uptime are looked at so often while somebody watches. */
const DETAILS_EVERY_MS = 15_000
const LOGS_EVERY_MS = 5_000

export interface ProduceDetailsOptions extends ProduceOptions {
  /** Where a machine is; null: nobody knows such a machine. */
  readonly hostOfVm: (vmId: VmId) => HostId | null
}

/**
 * Fills `host.details`, `host.devices`, `host.log` and `vm.log` while somebody looks. What a host told last of itself is kept with its
 * age for when it is lost; of logs only while somebody looks, as they are large.
 */
export function produceDetails(options: ProduceDetailsOptions): void {
  produceReadings(options, 'host.details', {
    read: async (link, asOf, signal) => [await fetchDetails(link, asOf, signal)],
    isStale: () => false,
    everyMs: DETAILS_EVERY_MS,
    kept: { kind: 'details', schema: z.array(hostDetailsSchema) },
  })
  produceReadings(options, 'host.devices', {
    read: fetchDevices,
    isStale: (change) => change.kind === 'driver-event' && change.family === 'node-device',
    everyMs: null,
    kept: { kind: 'devices', schema: z.array(hostDeviceSchema) },
  })
  produceReadings(options, 'host.log', {
    read: async (link, asOf, signal) => [await fetchHostLog(link, asOf, signal)],
    isStale: () => false,
    everyMs: LOGS_EVERY_MS,
    isForgotten: true,
  })
  produceReadings(options, 'vm.log', {
    read: async (link, asOf, signal, key) => [await fetchVmLog(link, key as VmId, asOf, signal)],
    isStale: () => false,
    everyMs: LOGS_EVERY_MS,
    isForgotten: true,
    hostOf: (key) => {
      const hostId = options.hostOfVm(key as VmId)
      if (hostId === null) throw new AppError('vm.not-found', { vmId: key })
      return hostId
    },
  })
}
