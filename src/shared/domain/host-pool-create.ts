import { z } from 'zod'
import { HOST_POOL_TYPES } from './schema-free.ts'

export const hostPoolTypeSchema = z.enum(HOST_POOL_TYPES)
export type HostPoolType = z.infer<typeof hostPoolTypeSchema>

/** Name of a pool: libvirt keeps its definition in a file of this name. */
export const hostPoolNameSchema = z
  .string()
  .trim()
  .regex(/^(?!\.)[^\s/'"<>&]{1,64}$/, 'at most 64 characters, without spaces, slashes and quotes')

/** An absolute path of the host, not its root, without steps upwards. */
export const hostPathSchema = z
  .string()
  .trim()
  .max(1_024)
  .regex(/^\/(?!\/*$)\P{Cc}+$/u, 'an absolute path of the host')
  .refine((path) => !path.split('/').includes('..'), 'a path without ".."')
  .transform((path) => path.replace(/\/{2,}/g, '/').replace(/\/$/, ''))

const wordSchema = (pattern: RegExp, message: string) => z.string().trim().max(255).regex(pattern, message)

/** Where a pool of a host keeps its volumes. Format: https://libvirt.org/storage.html */
export const hostPoolSourceSchema = z.discriminatedUnion('type', [
  /** A folder of the host. */
  z.object({ type: z.literal('dir'), path: hostPathSchema }),
  /** A file system on a device of the host, mounted at the path. It is never formatted. */
  z.object({
    type: z.literal('fs'),
    device: hostPathSchema,
    fileSystem: wordSchema(/^[a-z0-9]+$/, 'the name of a file system').default('auto'),
    path: hostPathSchema,
  }),
  /** An export of a server, mounted at the path. */
  z.object({
    type: z.literal('netfs'),
    server: wordSchema(/^[\w.:-]+$/, 'a name or an address'),
    export: z
      .string()
      .trim()
      .max(1_024)
      .regex(/^[^\s'"<>&]+$/, 'a path or a name without spaces'),
    fileSystem: z.enum(['auto', 'nfs', 'glusterfs', 'cifs']).default('auto'),
    path: hostPathSchema,
  }),
  /** An LVM volume group that is there already. */
  z.object({
    type: z.literal('logical'),
    volumeGroup: wordSchema(/^(?![-.])[A-Za-z0-9+_.-]{1,127}$/, 'the name of a volume group'),
  }),
  /** A ZFS pool, or a dataset in it, that is there already. */
  z.object({
    type: z.literal('zfs'),
    dataset: wordSchema(/^[A-Za-z][\w.:-]*(?:\/[\w.:-]+)*$/, 'the name of a ZFS pool or dataset'),
  }),
])
export type HostPoolSource = z.infer<typeof hostPoolSourceSchema>

/** Name of a volume: a file of a folder, or a logical volume. */
export const hostVolumeNameSchema = z
  .string()
  .trim()
  .regex(/^(?!\.)[^/\p{Cc}]{1,200}$/u, 'a file name without a slash, not beginning with a dot')
export const hostVolumeFormatSchema = z.enum(['qcow2', 'raw'])
export type HostVolumeFormat = z.infer<typeof hostVolumeFormatSchema>

/** Pools whose volumes are files. Others hold block devices, which are raw. */
export function holdsFiles(type: string): boolean {
  return type === 'dir' || type === 'fs' || type === 'netfs'
}

/** The folder that libvirt shows a pool's volumes in. Pure. */
export function targetPathOf(source: HostPoolSource): string {
  if (source.type === 'logical') return `/dev/${source.volumeGroup}`
  if (source.type === 'zfs') return `/dev/zvol/${source.dataset}`
  return source.path
}
