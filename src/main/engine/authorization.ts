import { isTopicName, type ObjectReference, type Permission, theSystem, topics } from '../../shared/contract/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { Identity } from './handler-base.ts'
import type { ModelSnapshot } from './model-snapshot.ts'

/** Longer ways up are those of a circle. */
const DEEPEST = 8

/**
 * What lies right above an object: what is permitted there is permitted on it. As in oVirt a machine hangs under its cluster and not under
 * its host; a disk under its domain and under each machine that has it. Of what nobody knows, nothing is known. Pure.
 */
export function objectsAbove({ kind, id }: ObjectReference, model: ModelSnapshot): readonly ObjectReference[] {
  switch (kind) {
    case 'system':
      return []
    case 'datacenter':
      return model.datacenters.has(id as never) ? [theSystem] : []
    case 'cluster':
      return referTo('datacenter', model.clusters.get(id as never)?.datacenterId)
    case 'host':
      return referTo('cluster', model.hosts.get(id as never)?.clusterId)
    case 'vm':
      return referTo('cluster', model.vms.get(id as never)?.clusterId)
    case 'storage-domain':
      return referTo('datacenter', model.storageDomains.get(id as never)?.datacenterId)
    case 'disk': {
      const disk = model.disks.get(id as never)
      return [
        ...referTo('storage-domain', disk?.storageDomainId),
        ...(disk?.usedBy ?? []).flatMap(({ vmId }) => referTo('vm', vmId)),
      ]
    }
    case 'network':
      return referTo('datacenter', model.networks.get(id as never)?.datacenterId)
    case 'vnic-profile':
      return referTo('network', model.vnicProfiles.get(id as never)?.networkId)
    case 'template':
      return referTo('datacenter', model.templates.get(id as never)?.datacenterId)
    case 'task': {
      const subject = model.tasks.get(id as never)?.subject
      return subject === undefined ? [] : referTo(subject.kind, subject.id)
    }
  }
}

function referTo(kind: ObjectReference['kind'], id: string | null | undefined): readonly ObjectReference[] {
  return id === null || id === undefined ? [] : [{ kind, id }]
}

/**
 * Whether this person has a permission on every one of these objects: on the whole inventory, on the object itself, or on one above it. What is
 * not given is refused; nothing takes away what is given. No objects are the whole inventory. Pure.
 */
export function isPermitted(
  identity: Identity,
  permission: Permission,
  objects: readonly ObjectReference[],
  model: ModelSnapshot,
): boolean {
  if (identity.permissions.has(permission)) return true
  const grants = (identity.grants ?? []).filter(({ permissions }) => permissions.has(permission))
  if (grants.length === 0 || objects.length === 0) return false
  const given = new Set(grants.map(({ object }) => keyOf(object)))
  return objects.every((object) => isAtOrBelow(object, given, model, 0))
}

/** Whether this person has a permission on anything at all. Pure. */
export function hasAnywhere({ permissions, grants = [] }: Identity, permission: Permission): boolean {
  return permissions.has(permission) || grants.some((grant) => grant.permissions.has(permission))
}

function isAtOrBelow(
  object: ObjectReference,
  given: ReadonlySet<string>,
  model: ModelSnapshot,
  depth: number,
): boolean {
  if (given.has(keyOf(object))) return true
  return depth < DEEPEST && objectsAbove(object, model).some((above) => isAtOrBelow(above, given, model, depth + 1))
}

function keyOf({ kind, id }: ObjectReference): string {
  return `${kind} ${id}`
}

/**
 * Why this person may not follow a topic; null: they may. A collection of everything is about the whole inventory: whoever may see only a part
 * of that may not follow it. Everybody may know who they are. Pure.
 */
export function decideView(
  identity: Identity,
  { topic, key }: { readonly topic: string; readonly key?: string | undefined },
  model: ModelSnapshot,
): AppError<'topic.forbidden'> | null {
  // What is no topic has nothing to be seen; that is said by whoever has the topics.
  if (topic === 'session' || !isTopicName(topic)) return null
  const spec: { readonly object?: (key: string) => ObjectReference } = topics[topic]
  const object = spec.object === undefined || key === undefined ? theSystem : spec.object(key)
  return isPermitted(identity, 'inventory.view', [object], model) ? null : new AppError('topic.forbidden', { topic })
}
