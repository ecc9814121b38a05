import type { Disk, DiskId, StorageDomain, Template, TemplateDefinition } from '../../shared/domain/index.ts'
import { findTemplateDisk } from '../disk/index.ts'
import type { LiveTopics, ModelSnapshot } from '../engine/index.ts'

/** Makes the topic `templates`: of what is stored, and of what their disks are like now. Returns how to show them, and how to stop. */
export function startTemplateProjection(
  topics: LiveTopics,
  records: () => Iterable<TemplateDefinition>,
): { readonly show: () => void; readonly stop: () => void } {
  const show = () => {
    const model = topics.model()
    const shown = topics.collection('templates')
    const all = [...records()]
    const kept = new Set(all.map(({ id }) => id))
    for (const id of [...model.templates.keys()]) if (!kept.has(id)) shown.remove(id)
    for (const record of all) shown.upsert(buildTemplate(model, record, all))
  }
  const ownFiles = () => new Set([...records()].flatMap(({ disks }) => disks.map(fileKey)))
  const subscriptions = [
    topics.subscribe({ topic: 'disks' }, (frame) => {
      if (frame.t === 'closed') return
      const changed = frame.t === 'snapshot' ? frame.entities : frame.upsert
      const removed = frame.t === 'patch' ? frame.remove : []
      const own = ownFiles()
      const { disks } = topics.model()
      const isOwn = (disk: Disk | undefined) => disk !== undefined && own.has(fileKey(disk))
      // What went may have been one of them under another id.
      if (own.size > 0 && (removed.length > 0 || changed.some(({ id }) => isOwn(disks.get(id as DiskId))))) show()
    }),
    topics.subscribe({ topic: 'storage-domains' }, (frame) => {
      if (frame.t !== 'closed' && ownFiles().size > 0) show()
    }),
  ]
  return {
    show,
    stop: () => {
      for (const { unsubscribe } of subscriptions) unsubscribe()
    },
  }
}

/** By what a disk is known whether it is registered or not. */
function fileKey({ storageDomainId, fileName }: Pick<Disk, 'storageDomainId' | 'fileName'>): string {
  return `${storageDomainId}/${fileName}`
}

/** A template as clients see it. Pure. */
export function buildTemplate(
  model: Pick<ModelSnapshot, 'disks' | 'storageDomains'>,
  record: TemplateDefinition,
  all: readonly TemplateDefinition[],
): Template {
  const disks = record.disks.map((disk) => findTemplateDisk(model, disk))
  const domains = record.disks.map(({ storageDomainId }) => model.storageDomains.get(storageDomainId))
  const users = new Map(disks.flatMap((disk) => disk?.usedBy ?? []).map((use) => [use.vmId, use]))
  return {
    ...record,
    isLatest: all.every(({ baseId, version }) => baseId !== record.baseId || version <= record.version),
    status: decideTemplateStatus(disks, domains),
    virtualBytes: sumOf(disks.map((disk) => disk?.virtualBytes ?? null)),
    allocatedBytes: sumOf(disks.map((disk) => disk?.allocatedBytes ?? null)),
    usedBy: [...users.values()].sort((one, other) => (one.name < other.name ? -1 : 1)),
  }
}

/** Disks of domains that are in use are to be there. Pure. */
export function decideTemplateStatus(
  disks: readonly (Pick<Disk, 'status' | 'registered'> | undefined)[],
  domains: readonly (Pick<StorageDomain, 'status'> | undefined)[],
): Template['status'] {
  const isIncomplete = disks.some((disk, index) => {
    const domain = domains[index]
    return (
      disk?.status === 'illegal' ||
      disk?.registered === false ||
      domain === undefined ||
      (disk === undefined && domain.status === 'active')
    )
  })
  if (isIncomplete) return 'incomplete'
  return domains.every((domain) => domain?.status === 'active') ? 'ok' : 'away'
}

function sumOf(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0 as number | null)
}
