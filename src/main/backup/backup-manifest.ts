import { z } from 'zod'
import { type Backup, backupSchema, type StorageDomain } from '../../shared/domain/index.ts'

/** The folder of a domain in which backups lie, each in one of its own. */
export const BACKUPS_FOLDER = 'backups'
/** What a backup says of itself. One without it is not whole. */
export const MANIFEST_NAME = 'backup.json'
/** In bytes: a definition is the most of it. */
export const MANIFEST_LIMIT = 1024 * 1024

/** What a backup says of itself, in its folder: a domain that is taken elsewhere takes its backups along. */
export const backupManifestSchema = backupSchema.omit({ storageDomainId: true, path: true, sizeBytes: true }).extend({
  version: z.literal(1),
  /** The stored definition, without its secrets. */
  xml: z.string().max(MANIFEST_LIMIT),
})
export type BackupManifest = z.infer<typeof backupManifestSchema>

/** A backup with the definition that it has. */
export interface KnownBackup extends Backup {
  readonly xml: string
}

/** The folder of a backup. */
export function backupFolder(id: string): string {
  return `${BACKUPS_FOLDER}/${id}`
}

/** The name of a disk's file in it. */
export function backupFileName(target: string): string {
  return `${target}.qcow2`
}

/** What a folder says of itself; null: nothing that could be read. It may come from anywhere. Pure. */
export function parseManifest(
  text: string,
  folderName: string,
  domain: Pick<StorageDomain, 'id' | 'targetPath'>,
): KnownBackup | null {
  let told: unknown
  try {
    told = JSON.parse(text)
  } catch {
    return null
  }
  const parsed = backupManifestSchema.safeParse(told)
  // Its id is where it is looked for: one that was copied by hand is none.
  if (!parsed.success || parsed.data.id !== folderName) return null
  const { version: _version, ...manifest } = parsed.data
  const sizeBytes = manifest.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0)
  return {
    ...manifest,
    storageDomainId: domain.id,
    path: `${domain.targetPath}/${backupFolder(manifest.id)}`,
    sizeBytes,
  }
}
