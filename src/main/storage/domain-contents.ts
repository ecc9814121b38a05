import { z } from 'zod'
import { type DiskId, diskIdSchema, type StorageDomainId, type VmId, vmIdSchema } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { HostLink } from '../hosts/index.ts'
import type { StorageDomainRecord } from '../inventory/index.ts'
import { poolOf } from './domain-pool.ts'
import type { DomainFolder, OnHost } from './on-host/types.ts'

/* What a domain says of the machines and disks in it. It comes from a host, and whoever can write there has written it. */

/** A VM as a domain describes it: `vms/<uuid>.xml` and `.json`. */
export interface DescribedVm {
  readonly id: VmId
  readonly xml: string
  /** Where it was, when it was written. */
  readonly clusterName: string | null
  /** The domain's folder then: what the definition calls its disks begins with it. */
  readonly folder: string | null
}

/** A disk as a domain describes it: `disks/<uuid>.json`. */
export interface DescribedDisk {
  readonly id: DiskId
  readonly fileName: string
  readonly alias: string
  readonly description: string
  readonly shareable: boolean
  readonly readOnly: boolean
  readonly discard: boolean
}

export interface DomainContents {
  /** Errors: storage.not-found, storage.unreachable, those of `OnHost.fetchFiles`. */
  fetchVms(storageDomainId: StorageDomainId, signal?: AbortSignal): Promise<readonly DescribedVm[]>
  fetchDisks(storageDomainId: StorageDomainId, signal?: AbortSignal): Promise<readonly DescribedDisk[]>
}

const plain = z.string().regex(/^\P{C}*$/u)
const vmSchema = z.object({
  clusterName: plain.max(256).nullable().catch(null),
  folder: plain.max(4_096).startsWith('/').nullable().catch(null),
})
const diskSchema = z.object({
  id: diskIdSchema,
  fileName: plain
    .min(1)
    .max(200)
    .regex(/^[^./][^/]*$/),
  alias: plain.trim().min(1).max(120),
  description: z.string().max(500).catch(''),
  shareable: z.boolean().catch(false),
  readOnly: z.boolean().catch(false),
  discard: z.boolean().catch(false),
})

/** Reads what domains in use describe. */
export function createDomainContents(options: {
  readonly onHost: Pick<OnHost, 'fetchFiles'>
  readonly get: (storageDomainId: StorageDomainId) => StorageDomainRecord
  readonly writerOf: (record: StorageDomainRecord) => HostLink | null
}): DomainContents {
  async function fetchFiles(storageDomainId: StorageDomainId, folder: DomainFolder, signal?: AbortSignal) {
    const record = options.get(storageDomainId)
    const host = options.writerOf(record)
    if (host === null) throw new AppError('storage.unreachable', { name: record.name }, { retry: 'safe' })
    return options.onHost.fetchFiles(host, poolOf(record), folder, { signal })
  }
  return {
    fetchVms: async (id, signal) => parseDescribedVms(await fetchFiles(id, 'vms', signal)),
    fetchDisks: async (id, signal) => parseDescribedDisks(await fetchFiles(id, 'disks', signal)),
  }
}

/** By the names of their files; what is not as expected is left out. Pure. */
export function parseDescribedVms(files: ReadonlyMap<string, string>): readonly DescribedVm[] {
  return [...files].flatMap(([fileName, xml]) => {
    const id = vmIdSchema.safeParse(/^(.{36})\.xml$/.exec(fileName)?.[1])
    if (!id.success) return []
    const told = vmSchema.safeParse(parseJson(files.get(`${id.data}.json`) ?? '{}'))
    return [{ id: id.data, xml, ...(told.success ? told.data : { clusterName: null, folder: null }) }]
  })
}

/** The same of disks; two that name one file are both left out. Pure. */
export function parseDescribedDisks(files: ReadonlyMap<string, string>): readonly DescribedDisk[] {
  const disks = [...files].flatMap(([fileName, text]) => {
    const disk = diskSchema.safeParse(parseJson(text))
    return disk.success && fileName === `${disk.data.id}.json` ? [disk.data] : []
  })
  return disks.filter((disk) => disks.every((other) => other === disk || other.fileName !== disk.fileName))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Cut off, or nobody's: it says nothing.
    return null
  }
}
