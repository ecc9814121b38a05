import { sendVolume, TRANSFER_LIMIT_MS } from '../../disk/index.ts'
import { inspectNothing, type OperationHandler } from '../../engine/index.ts'
import { decideVolumeRead } from '../pool-rules.ts'
import { lookUpVolume, onPool, planOnHost } from '../pool-work.ts'
import type { VolumeTransferDependencies } from './upload-volume.ts'

/** Gives a volume of a host's pool to a client. One that a running machine writes would not be whole, and is refused. */
export function createVolumeDownload(
  dependencies: VolumeTransferDependencies,
): OperationHandler<'host-volume.download'> {
  const { registry, readings, transfers, clock } = dependencies
  const { nameOf, subject, refresh, decide } = onPool(dependencies)
  return {
    name: 'host-volume.download',
    subject,
    auditParams: (input) => ({ object: `${nameOf(input)}/${input.name}` }),
    refresh,
    validate: (model, input) => decide(model, input, (pool) => decideVolumeRead(model, input.hostId, pool, input.name)),
    plan: (model, input) => {
      const pool = nameOf(input)
      const params = { pool, volume: input.name, fileName: input.name, domain: pool }
      return planOnHost(model, input.hostId, params, [{ action: 'send', key: 'sending', cancellable: true }], {
        isLong: true,
      })
    },
    afterCrash: 'undo',
    steps: {
      send: {
        timeoutMs: TRANSFER_LIMIT_MS,
        inspect: inspectNothing,
        run: async ({ input, user, signal, say, progress }) => {
          const { hostId, transferId, name: fileName } = input
          const host = registry.get(hostId)
          const vol = await lookUpVolume(host, await readings.require(hostId, input.poolId), fileName)
          const to = { transfers, transferId, user, object: { kind: 'host', id: hostId } as const }
          await sendVolume({ ...to, host, vol, fileName, signal, monotonicMs: clock.monotonicMs, progress, say })
          return null
        },
      },
    },
    output: () => ({}),
  }
}
