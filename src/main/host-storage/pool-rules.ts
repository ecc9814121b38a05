import {
  type HostId,
  type HostPoolSource,
  holdsFiles,
  type StorageDomain,
  targetPathOf,
  type VolumeUser,
} from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import type { WantedVolume } from './build-pool-xml.ts'
import { domainOf, usersOf } from './describe-pool.ts'
import type { ToldPool, ToldVolume } from './fetch-pools.ts'

/* What may be done with a host's own pools and volumes. All pure; null: it may. */

type Model = Pick<ModelSnapshot, 'vms' | 'storageDomains' | 'hosts'>

const NAMES_LIMIT = 5
/** What LVM and ZFS both take. */
const DEVICE_NAME = /^(?![-.])[A-Za-z0-9+_.-]{1,100}$/

export function hostNameOf(model: Pick<ModelSnapshot, 'hosts'>, hostId: HostId): string {
  return model.hosts.get(hostId)?.name ?? hostId
}

/** May a pool be made of that? */
export function decidePoolCreate(
  model: Model,
  hostId: HostId,
  { name, source }: { readonly name: string; readonly source: HostPoolSource },
  known: { readonly pools: readonly ToldPool[]; readonly types: ReadonlySet<string> | null },
): AppError | null {
  const hostName = hostNameOf(model, hostId)
  if (known.types?.has(source.type) === false) {
    return new AppError('host-pool.type-missing', { type: source.type, hostName }, { hostId })
  }
  if (known.pools.some((pool) => pool.name === name)) {
    return new AppError('host-pool.name-taken', { name, hostName }, { subject: name })
  }
  const path = targetPathOf(source)
  const domain = domainsOf(model, hostId).find(({ targetPath }) => overlaps(path, targetPath))
  if (domain !== undefined) {
    return new AppError('host-pool.place-of-domain', { path, domainName: domain.name }, { hostId })
  }
  const other = known.pools.find((pool) => pool.path === path)
  return other === undefined
    ? null
    : new AppError('host-pool.place-taken', { path, hostName, other: other.name }, { hostId })
}

function domainsOf(model: Model, hostId: HostId): readonly StorageDomain[] {
  return [...model.storageDomains.values()].filter(({ connections }) =>
    connections.some((connection) => connection.hostId === hostId),
  )
}

function overlaps(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`)
}

/** Is it a host's own? A storage domain's is looked after there. */
export function decideOwn(model: Model, pool: ToldPool): AppError | null {
  const domain = domainOf(model, pool)
  if (domain === null) return null
  return new AppError('host-pool.is-domain', { name: pool.name, domainName: domain.name }, { subject: pool.name })
}

/** Can a pool be taken from the machines on its volumes? */
export function decidePoolUnused(
  model: Model,
  hostId: HostId,
  pool: ToldPool,
  { isRunningOnly }: { readonly isRunningOnly: boolean },
): AppError | null {
  const users = new Map<string, VolumeUser>()
  for (const volume of pool.volumes) {
    for (const user of usersOf(model, hostId, pool, volume)) users.set(user.vmId, user)
  }
  const counted = [...users.values()].filter(({ isRunning }) => isRunning || !isRunningOnly)
  if (counted.length === 0) return null
  const params = { name: pool.name, hostName: hostNameOf(model, hostId), ...namesOf(counted) }
  return new AppError('host-pool.used', params, { subject: pool.name, hostId })
}

/** May a volume like that be made in a pool? */
export function decideVolumeCreate(pool: ToldPool, wanted: WantedVolume): AppError | null {
  const { name, sizeBytes, format, allocation } = wanted
  const poolName = pool.name
  const isFile = holdsFiles(pool.type)
  if (!pool.isActive) return new AppError('host-pool.not-active', { name: poolName }, { subject: poolName })
  if (pool.volumes.some((volume) => volume.name === name)) {
    return new AppError('host-volume.name-taken', { name, poolName }, { subject: name })
  }
  if (!isFile && !DEVICE_NAME.test(name)) {
    return new AppError('host-volume.name-unfit', { name, poolName }, { subject: name })
  }
  if (!isFile && format !== 'raw') {
    return new AppError('host-volume.format-unfit', { format, poolName }, { subject: name })
  }
  const takesAll = allocation === 'preallocated' || pool.type === 'logical'
  if (takesAll && pool.availableBytes !== null && sizeBytes > pool.availableBytes) {
    const params = { name, poolName, sizeBytes, availableBytes: pool.availableBytes }
    return new AppError('host-volume.too-large', params, { subject: name })
  }
  return null
}

/** May a volume be read from end to end? Not while a running machine may write it. */
export function decideVolumeRead(model: Model, hostId: HostId, pool: ToldPool, name: string): AppError | null {
  const volume = decideVolumeThere(pool, name)
  if (volume === null || volume instanceof AppError) return volume
  const users = usersOf(model, hostId, pool, volume).filter(({ isRunning }) => isRunning)
  return users.length > 0 ? new AppError('host-volume.used', { name, ...namesOf(users) }, { subject: name }) : null
}

/** May a volume be deleted? */
export function decideVolumeRemove(model: Model, hostId: HostId, pool: ToldPool, name: string): AppError | null {
  const volume = decideVolumeThere(pool, name)
  if (volume === null || volume instanceof AppError) return volume
  const users = usersOf(model, hostId, pool, volume)
  if (users.length > 0) return new AppError('host-volume.used', { name, ...namesOf(users) }, { subject: name })
  const above = pool.volumes.filter(({ backingPath }) => backingPath !== null && backingPath === volume.path)
  return above.length === 0 ? null : new AppError('host-volume.backing', { name, ...namesOf(above) }, { subject: name })
}

/** The volume, or why there is none. Of very many only the first are told: null, then libvirt says whether it is there. */
function decideVolumeThere(pool: ToldPool, name: string): ToldVolume | AppError | null {
  const poolName = pool.name
  if (!pool.isActive) return new AppError('host-pool.not-active', { name: poolName }, { subject: poolName })
  const volume = pool.volumes.find((each) => each.name === name)
  if (volume !== undefined) return volume
  if (pool.volumes.length < pool.volumeCount) return null
  return new AppError('host-volume.not-found', { name, poolName }, { subject: name })
}

function namesOf(users: readonly Pick<ToldVolume, 'name'>[]): { readonly names: string; readonly count: number } {
  const names = users
    .slice(0, NAMES_LIMIT)
    .map(({ name }) => name)
    .join(', ')
  return { names, count: users.length }
}
