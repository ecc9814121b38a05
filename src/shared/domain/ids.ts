import { z } from 'zod'

/*
 * Ids are branded strings, so that a VM's id cannot be handed to something that wants a host's.
 * libvirt's UUIDs need not carry RFC 9562 version bits, hence `guid`.
 */

/** Virtdeck's own id of a host, made when it is added. */
export const hostIdSchema = z.guid().brand<'HostId'>()
export type HostId = z.infer<typeof hostIdSchema>

/** A VM's id is its libvirt UUID, lower case with dashes: it stays the same on whichever host the VM runs. */
export const vmIdSchema = z.guid().brand<'VmId'>()
export type VmId = z.infer<typeof vmIdSchema>

export const taskIdSchema = z.guid().brand<'TaskId'>()
export type TaskId = z.infer<typeof taskIdSchema>

/** Virtdeck's own id of a datacenter, made when it is created. */
export const datacenterIdSchema = z.guid().brand<'DatacenterId'>()
export type DatacenterId = z.infer<typeof datacenterIdSchema>

/** Virtdeck's own id of a cluster, made when it is created. */
export const clusterIdSchema = z.guid().brand<'ClusterId'>()
export type ClusterId = z.infer<typeof clusterIdSchema>

/** Virtdeck's own id of a storage domain, made when it is created; it stands in the domain's descriptor. */
export const storageDomainIdSchema = z.guid().brand<'StorageDomainId'>()
export type StorageDomainId = z.infer<typeof storageDomainIdSchema>

/** A disk's own id; of one that nobody registered, a UUIDv5 of its domain's id and its file's name. */
export const diskIdSchema = z.guid().brand<'DiskId'>()
export type DiskId = z.infer<typeof diskIdSchema>

/** Virtdeck's own id of a logical network, made when it is created. */
export const networkIdSchema = z.guid().brand<'NetworkId'>()
export type NetworkId = z.infer<typeof networkIdSchema>

/** Virtdeck's own id of a vNIC profile, made when it is created. */
export const vnicProfileIdSchema = z.guid().brand<'VnicProfileId'>()
export type VnicProfileId = z.infer<typeof vnicProfileIdSchema>

/** Virtdeck's own id of a template, made when it is created. */
export const templateIdSchema = z.guid().brand<'TemplateId'>()
export type TemplateId = z.infer<typeof templateIdSchema>

/** In characters. */
export const SUBJECT_ID_LIMIT = 128
export const SUBJECT_NAME_LIMIT = 256

/** What a task, an event or an error is about. `name` is kept, so that it can be shown after the thing is gone. */
export const subjectSchema = z.object({
  kind: z.enum([
    'system',
    'datacenter',
    'cluster',
    'host',
    'vm',
    'storage-domain',
    'disk',
    'network',
    'vnic-profile',
    'template',
    'task',
  ]),
  id: z.string().max(SUBJECT_ID_LIMIT),
  name: z.string().max(SUBJECT_NAME_LIMIT),
})
export type Subject = z.infer<typeof subjectSchema>

/**
 * A subject within its schema's bounds. Names come from hosts and from what was typed. One that is too long would be stored
 * but not read back: the line, or a running task, would be lost with the next start.
 */
export function fitSubject({ kind, id, name }: Subject): Subject {
  return { kind, id: id.slice(0, SUBJECT_ID_LIMIT), name: name.slice(0, SUBJECT_NAME_LIMIT) }
}
