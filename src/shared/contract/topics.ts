import { z } from 'zod'
import {
  auditEventSchema,
  backupSchema,
  clusterSchema,
  consoleConnectionSchema,
  datacenterSchema,
  diskSchema,
  driftSchema,
  driftVersionSchema,
  eventPageSchema,
  hostDetailsSchema,
  hostDeviceSchema,
  hostNetworksSchema,
  hostPoolSchema,
  hostSampleSchema,
  hostSchema,
  inventoryStateSchema,
  libvirtNetworkSchema,
  logTailSchema,
  networkSchema,
  sessionSchema,
  settingsSchema,
  storageDomainSchema,
  taskLogLineSchema,
  taskRowSchema,
  taskSchema,
  templateSchema,
  vmDeviceSchema,
  vmDriveSizeSchema,
  vmGuestSchema,
  vmLoadSchema,
  vmSampleSchema,
  vmSchema,
  vmSettingsSchema,
  vmSnapshotSchema,
  vnicProfileSchema,
} from '../domain/index.ts'
import type { ObjectReference } from './define-command.ts'

/**
 * A topic is a collection of entities by id. A client that subscribes gets a snapshot and then patches (whole entities
 * that changed, ids that went). A topic with `keyed` exists once for each key, e.g. the samples of one VM.
 */
function defineTopic<Entity extends z.ZodType<{ readonly id: string }>>(spec: {
  readonly entity: Entity
  readonly keyed: boolean
  readonly summary: string
  /** What a subscription to it is about: `inventory.view` on that object is asked for. Default: the whole inventory. */
  readonly object?: (key: string) => ObjectReference
}) {
  return spec
}

export const topics = {
  session: defineTopic({ entity: sessionSchema, keyed: false, summary: 'Who is signed in, and to what.' }),
  settings: defineTopic({
    entity: settingsSchema.extend({ id: z.literal('settings') }),
    keyed: false,
    summary: 'The inventory’s settings: one entity.',
  }),
  inventory: defineTopic({
    entity: inventoryStateSchema,
    keyed: false,
    summary: 'Whether changes can be stored: one entity.',
  }),
  datacenters: defineTopic({
    entity: datacenterSchema,
    keyed: false,
    summary: 'All datacenters, with their computed status and what they still need.',
  }),
  clusters: defineTopic({
    entity: clusterSchema,
    keyed: false,
    summary: 'All clusters, with their settings, capacity and use.',
  }),
  hosts: defineTopic({ entity: hostSchema, keyed: false, summary: 'All hosts, with their state and facts.' }),
  vms: defineTopic({ entity: vmSchema, keyed: false, summary: 'All VMs of all hosts.' }),
  'storage-domains': defineTopic({
    entity: storageDomainSchema,
    keyed: false,
    summary: 'All storage domains, with their computed status, space, and how each host stands to them.',
  }),
  disks: defineTopic({
    entity: diskSchema,
    keyed: false,
    summary: 'All disks and images of the storage domains that are active, registered or only found there.',
  }),
  networks: defineTopic({
    entity: networkSchema,
    keyed: false,
    summary: 'All logical networks, with what they are for in each cluster, and whether its hosts have them.',
  }),
  'vnic-profiles': defineTopic({
    entity: vnicProfileSchema,
    keyed: false,
    summary: 'All vNIC profiles of all logical networks.',
  }),
  templates: defineTopic({
    entity: templateSchema,
    keyed: false,
    summary: 'All templates and their versions, with the machines whose disks lie on theirs.',
  }),
  consoles: defineTopic({
    entity: consoleConnectionSchema,
    keyed: false,
    summary: 'Who is connected to consoles of VMs and shells of hosts, now, and since when.',
  }),
  drifts: defineTopic({
    entity: driftSchema,
    keyed: false,
    summary:
      'What is other on hosts than it was last known, and was not changed here: until it is accepted, or as it was.',
  }),
  'drift.versions': defineTopic({
    entity: driftVersionSchema,
    keyed: true,
    summary: 'Both versions of a definition that drifted (key: id of the drift), secrets left out.',
  }),
  tasks: defineTopic({ entity: taskSchema, keyed: false, summary: 'Running work and the latest finished.' }),
  operations: defineTopic({
    entity: taskSchema,
    keyed: false,
    summary: 'Open operations: at work, undoing, of unknown outcome, or with something left behind.',
  }),
  'task.rows': defineTopic({
    entity: taskRowSchema,
    keyed: true,
    summary: 'The rows of one batch (key: task id).',
    object: (id) => ({ kind: 'task', id }),
  }),
  'task.log': defineTopic({
    entity: taskLogLineSchema,
    keyed: true,
    summary: 'The last lines that the programs of a task have printed (key: task id), in the order of their ids.',
    object: (id) => ({ kind: 'task', id }),
  }),
  events: defineTopic({ entity: auditEventSchema, keyed: false, summary: 'The latest 500 lines of the audit trail.' }),
  'events.page': defineTopic({
    entity: eventPageSchema,
    keyed: true,
    summary:
      'Up to 500 older lines of the trail: key is the id of the line before which they lie, or that, a slash, and the id of what they are about: a VM, a host with what was on it, a cluster or datacenter with what it holds.',
  }),
  'vm.load': defineTopic({
    entity: vmLoadSchema,
    keyed: true,
    summary: 'Last load of every running VM of one host (key: host id).',
    object: (id) => ({ kind: 'host', id }),
  }),
  'vm.stats': defineTopic({
    entity: vmSampleSchema,
    keyed: true,
    summary: 'Samples of one VM over the last ten minutes (key: VM id); closer together while somebody is subscribed.',
    object: (id) => ({ kind: 'vm', id }),
  }),
  'vm.drives': defineTopic({
    entity: vmDriveSizeSchema,
    keyed: true,
    summary:
      'Sizes and pools of the drives of one VM (key: VM id), running or not; read only while somebody is subscribed.',
    object: (id) => ({ kind: 'vm', id }),
  }),
  'vm.guest': defineTopic({
    entity: vmGuestSchema,
    keyed: true,
    summary:
      'What the agent in the guest of one VM says of its system (key: VM id): host name, system, users, file systems; read only while somebody is subscribed.',
    object: (id) => ({ kind: 'vm', id }),
  }),
  snapshots: defineTopic({
    entity: vmSnapshotSchema,
    keyed: true,
    summary:
      'The snapshots of one VM (key: VM id) with their sizes, whoever made them, running or not; read only while somebody is subscribed.',
    object: (id) => ({ kind: 'vm', id }),
  }),
  backups: defineTopic({
    entity: backupSchema,
    keyed: false,
    summary: 'All backups of VMs that lie in active storage domains.',
  }),
  'host.stats': defineTopic({
    entity: hostSampleSchema,
    keyed: true,
    summary:
      'Samples of one host over the last ten minutes (key: host id); closer together while somebody is subscribed.',
    object: (id) => ({ kind: 'host', id }),
  }),
  'host.details': defineTopic({
    entity: hostDetailsSchema,
    keyed: true,
    summary:
      'What one host is and how it runs (key: host id): kernel, uptime, load, NUMA, security, KSM, what a restart is needed for; read only while somebody is subscribed.',
    object: (id) => ({ kind: 'host', id }),
  }),
  'host.devices': defineTopic({
    entity: hostDeviceSchema,
    keyed: true,
    summary:
      'Network cards, disks, PCI and USB devices of one host (key: host id); read only while somebody is subscribed.',
    object: (id) => ({ kind: 'host', id }),
  }),
  'host.networks': defineTopic({
    entity: hostNetworksSchema,
    keyed: true,
    summary:
      'NICs, bonds, VLANs, bridges and addresses of one host (key: host id), the logical networks attached to them, and where both differ; read only while somebody is subscribed.',
    object: (id) => ({ kind: 'host', id }),
  }),
  'host.libvirt-networks': defineTopic({
    entity: libvirtNetworkSchema,
    keyed: true,
    summary:
      'The networks of one host’s own libvirt (key: host id), with their leases and the machines on them; read only while somebody is subscribed.',
    object: (id) => ({ kind: 'host', id }),
  }),
  'host.pools': defineTopic({
    entity: hostPoolSchema,
    keyed: true,
    summary:
      'The storage pools of one host’s own libvirt with their volumes (key: host id), and who uses these; read only while somebody is subscribed.',
    object: (id) => ({ kind: 'host', id }),
  }),
  'host.log': defineTopic({
    entity: logTailSchema,
    keyed: true,
    summary:
      'The end of what the libvirt daemons of one host have logged (key: host id); read only while somebody is subscribed.',
    object: (id) => ({ kind: 'host', id }),
  }),
  'vm.log': defineTopic({
    entity: logTailSchema,
    keyed: true,
    summary: 'The end of the log of one VM’s QEMU on its host (key: VM id); read only while somebody is subscribed.',
    object: (id) => ({ kind: 'vm', id }),
  }),
  'vm.settings': defineTopic({
    entity: vmSettingsSchema,
    keyed: true,
    summary: 'What `vm.edit` can set, as one VM’s stored definition has it (key: VM id): one entity.',
    object: (id) => ({ kind: 'vm', id }),
  }),
  'vm.devices': defineTopic({
    entity: vmDeviceSchema,
    keyed: true,
    summary:
      'What one VM has that `vm.detach-device` can take from it (key: VM id): memory, watchdogs, random numbers, USB redirection, devices of its host; running and stored.',
    object: (id) => ({ kind: 'vm', id }),
  }),
  'vm.stored-xml': defineTopic({
    entity: z.object({ id: z.literal('stored'), revision: z.string(), xml: z.string() }),
    keyed: true,
    summary:
      'The stored definition of one VM (key: VM id), as `vm.edit-xml` takes it: secrets are masked, and put back where their lines are as they were.',
    object: (id) => ({ kind: 'vm', id }),
  }),
  'vm.xml': defineTopic({
    entity: z.object({
      /** `current` (as it runs) or `next` (as it will start), when they differ. */
      id: z.enum(['current', 'next']),
      xml: z.string(),
    }),
    keyed: true,
    summary: 'The libvirt definition of one VM (key: VM id), secrets left out.',
    object: (id) => ({ kind: 'vm', id }),
  }),
} as const

export type Topics = typeof topics
export type TopicName = keyof Topics
export type TopicEntity<T extends TopicName> = z.output<Topics[T]['entity']>

export function isTopicName(name: string): name is TopicName {
  return Object.hasOwn(topics, name)
}

/** The address of a collection: a topic, with its key where it has one. */
export interface TopicAddress<T extends TopicName = TopicName> {
  readonly topic: T
  readonly key?: string | undefined
}
