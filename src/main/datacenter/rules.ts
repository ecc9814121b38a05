import type { Datacenter, DatacenterId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { clustersOf, REFERENCES_NAMED, referToCluster } from '../cluster/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import { referToDomain } from '../storage/index.ts'

/** What the audit calls a datacenter. */
export function datacenterSubject(model: ModelSnapshot, { datacenterId }: { readonly datacenterId: DatacenterId }) {
  return {
    kind: 'datacenter',
    id: datacenterId,
    name: model.datacenters.get(datacenterId)?.name ?? datacenterId,
  } as const
}

/** Is there such a datacenter? Null: yes. */
export function decideDatacenterKnown(model: ModelSnapshot, datacenterId: DatacenterId): AppError | null {
  return model.datacenters.has(datacenterId) ? null : new AppError('datacenter.not-found', { datacenterId })
}

/** Is a name free (for a datacenter other than `except`)? Null: yes. Names differ by more than case. */
export function decideDatacenterNameFree(
  model: ModelSnapshot,
  name: string | undefined,
  except?: DatacenterId,
): AppError | null {
  if (name === undefined) return null
  const taken = findDatacenterNamed(model, name, except)
  return taken === undefined ? null : new AppError('datacenter.name-taken', { name })
}

/** The datacenter of that name, whatever its case, other than `except`. */
export function findDatacenterNamed(model: ModelSnapshot, name: string, except?: DatacenterId): Datacenter | undefined {
  return model.datacenters.where('name', name).find((datacenter) => datacenter.id !== except)
}

/** Refuses to remove a datacenter that holds clusters or storage domains, and names them. */
export function decideDatacenterEmpty(model: ModelSnapshot, datacenterId: DatacenterId): AppError | null {
  const datacenter = model.datacenters.get(datacenterId)
  if (datacenter === undefined) return new AppError('datacenter.not-found', { datacenterId })
  const held = [
    ...clustersOf(model, datacenterId).map(referToCluster),
    ...model.storageDomains.where('datacenterId', datacenterId).map(referToDomain),
  ]
  if (held.length === 0) return null
  return new AppError(
    'datacenter.not-empty',
    {
      name: datacenter.name,
      count: held.length,
      references: held.slice(0, REFERENCES_NAMED),
    },
    { subject: datacenter.name },
  )
}
