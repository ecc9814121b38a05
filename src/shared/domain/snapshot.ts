import { z } from 'zod'

const NAME_LIMIT = 120

/** libvirt keeps a file of that name; no slashes, and none that would be hidden. */
export const snapshotNameSchema = z
  .string()
  .trim()
  .overwrite((text) => text.normalize('NFC'))
  .min(1)
  .max(NAME_LIMIT)
  .regex(/^[^/.\p{C}][^/\p{C}]*$/u, 'no slashes or control characters, and no dot at its beginning')
  .refine((text) => new TextEncoder().encode(text).length <= 200, 'at most 200 bytes in UTF-8')

export const snapshotDescriptionSchema = z.string().trim().max(4_096)

/**
 * Where a snapshot is. `internal`: in the images themselves, with the machine's memory where it ran. `external`: the images stay as they
 * were, and what is written from then on goes into layers on them.
 */
export const snapshotKindSchema = z.enum(['internal', 'external'])
export type SnapshotKind = z.infer<typeof snapshotKindSchema>

/** Why it becomes the one or the other. */
export const snapshotReasonSchema = z.enum([
  /** External ones cost the running machine least, and this libvirt can go back to them. */
  'host-reverts-layers',
  /** This libvirt cannot go back to external ones by itself (before 9.9). */
  'host-cannot-revert-layers',
  /** A disk is in a format that holds no snapshots. */
  'format-holds-none',
  /** libvirt takes none inside images of machines with UEFI. */
  'firmware',
  /** Of a machine that runs, one without its memory can only be external. */
  'without-memory',
  /** There are external ones already; both kinds do not go together. */
  'has-layers',
  /** A disk is no file, so there is no place for a layer beside it. */
  'no-place-for-layers',
])
export type SnapshotReason = z.infer<typeof snapshotReasonSchema>

/** A snapshot that libvirt keeps of a VM, made here or by others. */
export const vmSnapshotSchema = z.object({
  /** Its name, which no other one of its VM has. */
  id: z.string(),
  name: z.string(),
  /** Milliseconds since the epoch, by the host's clock; null where it was not asked for. */
  createdAt: z.number().nullable(),
  /** What the machine was then ("running", "shutoff", "disk-snapshot"), in libvirt's words. */
  state: z.string().nullable(),
  description: z.string().nullable(),
  parent: z.string().nullable(),
  /** What the machine goes on from. */
  isCurrent: z.boolean(),
  /** Null: libvirt does not tell. */
  kind: snapshotKindSchema.nullable(),
  hasMemory: z.boolean(),
  /** The disks that are in it, as the definition calls them ("vda"). */
  disks: z.array(z.string()),
  /** What it takes beside the images: layers and memory; of an internal one its memory. Null: nobody could look. */
  sizeBytes: z.number().nullable(),
})
export type VmSnapshot = z.infer<typeof vmSnapshotSchema>
