import type { TopicEntity, TopicName } from '../../shared/contract/index.ts'

/**
 * The kinds of entity that a person meets (they have a place in the tree, a page, actions) and the topics that hold them. The
 * names are also those of places, of what tasks and events are about, and, as `storageDomainId`, of the inputs of commands.
 */
export const ENTITY_TOPICS = {
  datacenter: 'datacenters',
  cluster: 'clusters',
  'storage-domain': 'storage-domains',
  host: 'hosts',
  vm: 'vms',
  disk: 'disks',
  network: 'networks',
  'vnic-profile': 'vnic-profiles',
  template: 'templates',
} as const satisfies Readonly<Record<string, TopicName>>

export type EntityName = keyof typeof ENTITY_TOPICS
export type EntityOf<N extends EntityName> = TopicEntity<(typeof ENTITY_TOPICS)[N]>
export type EntityId<N extends EntityName> = EntityOf<N>['id']

/** One entity of some kind. */
export interface EntityRef {
  readonly kind: EntityName
  readonly id: string
}

export function isEntityName(name: string): name is EntityName {
  return Object.hasOwn(ENTITY_TOPICS, name)
}
