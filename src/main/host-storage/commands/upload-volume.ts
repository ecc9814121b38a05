import type { ParsedInput } from '../../../shared/contract/index.ts'
import { holdsFiles } from '../../../shared/domain/index.ts'
import { isAppError } from '../../../shared/errors/index.ts'
import { createPaceMeter, receiveVolume, TRANSFER_LIMIT_MS, type Transfers } from '../../disk/index.ts'
import { type Clock, inspectNothing, type OperationHandler, type StepContext } from '../../engine/index.ts'
import { buildVolumeXml, type WantedVolume } from '../build-pool-xml.ts'
import { decideVolumeCreate } from '../pool-rules.ts'
import {
  callStorage,
  inspectPool,
  lookUpVolume,
  namedOf,
  onPool,
  type PoolDependencies,
  planOnHost,
  STEP_TIMEOUT_MS,
} from '../pool-work.ts'

type Context = StepContext<'host-volume.upload'>

/** What moves bytes between clients and volumes. */
export interface VolumeTransferDependencies extends PoolDependencies {
  readonly transfers: Pick<Transfers, 'openIncoming' | 'openOutgoing'>
  readonly clock: Clock
}

/** Makes a volume in a pool of a host of what a client sends. Where it is not sent to its end, nothing of it stays. */
export function createVolumeUpload(dependencies: VolumeTransferDependencies): OperationHandler<'host-volume.upload'> {
  const { registry, readings, transfers, clock } = dependencies
  const { nameOf, subject, refresh, decide } = onPool(dependencies)
  return {
    name: 'host-volume.upload',
    subject,
    auditParams: (input) => ({ object: `${nameOf(input)}/${input.name}`, sizeBytes: input.sizeBytes }),
    refresh,
    validate: (model, input) => decide(model, input, (pool) => decideVolumeCreate(pool, wantedOf(input))),
    plan: (model, input) => {
      const { name: volume, sizeBytes } = input
      const params = { pool: nameOf(input), volume, fileName: volume, mib: Math.ceil(sizeBytes / 1024 ** 2) }
      const steps = [
        { action: 'create', key: 'creating-volume' },
        { action: 'receive', key: 'receiving', weight: 50, cancellable: true },
      ]
      return planOnHost(model, input.hostId, params, steps, { isLong: true })
    },
    // What a client sends cannot be asked for again once nobody knows how far it came.
    afterCrash: 'undo',
    steps: {
      create: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input }) => {
          const pool = await readings.require(input.hostId, input.poolId)
          const refusal = decideVolumeCreate(pool, wantedOf(input))
          if (refusal !== null) throw refusal
          const xml = buildVolumeXml(pool.type, wantedOf(input))
          await callStorage(registry.get(input.hostId), pool, (driver, limits) =>
            driver.call('STORAGE_VOL_CREATE_XML', { ...namedOf(pool), xml, flags: 0 }, limits),
          )
          return null
        },
        undo: remove,
        inspect: ({ input }) =>
          inspectPool(dependencies, input, (pool) => pool?.volumes.some(({ name }) => name === input.name) === true),
      },
      receive: { timeoutMs: TRANSFER_LIMIT_MS, inspect: inspectNothing, run: receive },
    },
    output: () => ({}),
  }

  async function receive({ input, user, model, signal, say, progress }: Context): Promise<null> {
    const { hostId, name: fileName, sizeBytes, transferId, sha256 } = input
    const pool = await readings.require(hostId, input.poolId)
    const host = () => registry.get(hostId)
    const vol = await lookUpVolume(host(), pool, fileName)
    const transfer = transfers.openIncoming({ transferId, user, object: { kind: 'host', id: hostId } })
    const meter = createPaceMeter(sizeBytes, clock.monotonicMs, ({ fraction, remainingSeconds, ...pace }) => {
      progress(fraction)
      if (remainingSeconds === null) say('receiving-waiting', { fileName, ...pace })
      else say('receiving-now', { fileName, ...pace, remainingSeconds })
    })
    try {
      await receiveVolume({
        receiver: transfer.receiver,
        fileName,
        sizeBytes,
        sha256,
        signal: AbortSignal.any([signal, transfer.abandoned]),
        host,
        vol,
        keepsHoles: holdsFiles(pool.type),
        monotonicMs: clock.monotonicMs,
        onProgress: meter.add,
        onPaused: () => say('receiving-paused-host', { host: model().hosts.get(hostId)?.name ?? hostId }),
      })
      transfer.close(null)
    } catch (error) {
      transfer.close(error)
      throw error
    }
    await readings.readChanged(host())
    return null
  }

  async function remove({ input }: Context): Promise<void> {
    const link = registry.get(input.hostId)
    const pool = await readings.require(input.hostId, input.poolId)
    try {
      const vol = await lookUpVolume(link, pool, input.name)
      await callStorage(link, pool, (driver, limits) => driver.call('STORAGE_VOL_DELETE', { vol, flags: 0 }, limits))
    } catch (error) {
      if (!isAppError(error, 'host-volume.not-found')) throw error
    }
    await readings.readChanged(link)
  }
}

/** A file is written as it is: what it is of, libvirt sees by its header. */
function wantedOf({ name, sizeBytes }: ParsedInput<'host-volume.upload'>): WantedVolume {
  return { name, sizeBytes, format: 'raw', allocation: 'thin' }
}
