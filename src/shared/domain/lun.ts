import { z } from 'zod'
import { hostIdSchema, storageDomainIdSchema } from './ids.ts'

/**
 * What names a LUN on every host that sees it: its WWID as Linux has it (`naa.6001405…`, SCSI SPC-6, 7.7.6), with "_" for what is
 * neither letter, digit, nor one of . : -
 */
export const lunIdSchema = z
  .string()
  .trim()
  .max(200)
  .regex(/^[A-Za-z0-9][\w.:-]{3,}$/, 'a WWID, as storage.list-luns gives it')

const LUN_PATH = '/dev/disk/by-id/scsi-'

/**
 * The path of a LUN on every host that sees it, as udev's rules for disks make it of page 0x83 (scsi_id), for its multipath device where there is one.
 * Null: its id is of a kind that hosts name in their own ways.
 */
export function lunPathOf(lunId: string): string | null {
  const [, kind, digits] = /^(naa|eui)\.([0-9A-Fa-f]{16,32})$/.exec(lunId) ?? []
  return digits === undefined ? null : `${LUN_PATH}${kind === 'naa' ? 3 : 2}${digits.toLowerCase()}`
}

/** Is it such a path? */
export function isLunPath(path: string): boolean {
  return path.startsWith(LUN_PATH)
}

/** Where an iSCSI target is served, and its name (RFC 7143, 4.2.7). */
export const iscsiTargetSchema = z.object({
  /** `address:port`; without a port 3260. */
  portal: z
    .string()
    .trim()
    .max(255)
    .regex(/^(?:\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::\d{1,5})?$/, 'an address with or without a port')
    .transform((portal) => (/\]$|^[^:]+$/.test(portal) ? `${portal}:3260` : portal)),
  target: z
    .string()
    .trim()
    .max(223)
    .regex(/^(?:iqn|eui|naa)\.[\w.:-]+$/, 'a name that begins with iqn., eui. or naa.'),
})
export type IscsiTarget = z.infer<typeof iscsiTargetSchema>

/** Whom a target lets in (CHAP, RFC 7143, 12.1.3). The password goes beside it, as secrets do. */
export const chapUserSchema = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e]+$/, 'no spaces')
export const chapPasswordSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x20-\x7e]+$/, 'printable ASCII only')

/** What a LUN holds; `name`: of the volume group, the file system, what uses the device, or the machine that has it whole. */
export const lunUseSchema = z.object({
  kind: z.enum(['free', 'domain', 'volume-group', 'physical-volume', 'partitions', 'file-system', 'device', 'machine']),
  name: z.string().nullable(),
})
export type LunUse = z.infer<typeof lunUseSchema>

/** A LUN, as the hosts of a datacenter see it. */
export const lunSchema = z.object({
  lunId: lunIdSchema,
  sizeBytes: z.number(),
  vendor: z.string(),
  model: z.string(),
  use: lunUseSchema,
  /** The storage domain whose volume group it belongs to. */
  storageDomainId: storageDomainIdSchema.nullable(),
  /** Who sees it, and as what. */
  hosts: z.array(z.object({ hostId: hostIdSchema, device: z.string(), sizeBytes: z.number() })),
  /** False: a host that is up does not see it, or with another size. */
  onAllHosts: z.boolean(),
})
export type Lun = z.infer<typeof lunSchema>
