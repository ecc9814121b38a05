import type { StorageDomain } from '../../shared/domain/index.ts'

type Candidate = Pick<
  StorageDomain,
  'id' | 'datacenterId' | 'type' | 'status' | 'isMaster' | 'masterVersion' | 'storage'
>

/**
 * Who becomes master when the present one cannot be it any more: an active data domain of the datacenter that is not a local folder, the
 * one that has been master least recently. Null: there is none. Pure.
 */
export function decideNewMaster<D extends Candidate>(master: Candidate, domains: readonly D[]): D | null {
  const fit = domains.filter(
    ({ id, datacenterId, type, status, storage }) =>
      id !== master.id &&
      datacenterId === master.datacenterId &&
      type === 'data' &&
      status === 'active' &&
      storage.kind !== 'local',
  )
  const [first = null] = [...fit].sort((a, b) => a.masterVersion - b.masterVersion)
  return first
}
