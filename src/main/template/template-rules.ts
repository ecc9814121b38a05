import type { DatacenterId, Subject, Template, TemplateId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { findTemplateDisk } from '../disk/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'

/* What may be done with templates now. All pure; null: it may. */

const REFERENCES_NAMED = 8

/** What the audit and the task list call a template. */
export function templateSubject(
  model: ModelSnapshot,
  { templateId: id }: { readonly templateId: TemplateId },
): Subject {
  return { kind: 'template', id, name: nameOf(model.templates.get(id)) ?? id }
}

/** "web", "web (2)", "web (2, with agent)". Pure. */
export function nameOf<T extends Pick<Template, 'name' | 'version' | 'versionName'> | undefined>(template: T) {
  if (template === undefined) return undefined
  const { name, version, versionName } = template
  const which = [version === 1 ? '' : String(version), versionName].filter((part) => part !== '').join(', ')
  return which === '' ? name : `${name} (${which})`
}

/** Errors as values: template.not-found. */
export function findTemplate(model: ModelSnapshot, templateId: TemplateId): Template | AppError {
  return model.templates.get(templateId) ?? new AppError('template.not-found', { templateId })
}

/** Is a name free among the templates of a datacenter, whatever its case? `baseId`: versions of that one have it. */
export function decideTemplateName(
  model: ModelSnapshot,
  datacenterId: DatacenterId,
  name: string,
  baseId: TemplateId | null = null,
): AppError | null {
  const wanted = name.toLowerCase()
  const isTaken = [...model.templates.values()].some(
    (each) => each.datacenterId === datacenterId && each.baseId !== baseId && each.name.toLowerCase() === wanted,
  )
  if (!isTaken) return null
  const datacenterName = model.datacenters.get(datacenterId)?.name ?? datacenterId
  return new AppError('template.name-taken', { name, datacenterName })
}

/** Lies nothing on its disks? Disks whose domain is gone went with it; of those that are away nobody can say. */
export function decideRemovable(model: ModelSnapshot, templateId: TemplateId): AppError | null {
  const template = findTemplate(model, templateId)
  if (template instanceof AppError) return template
  const name = nameOf(template) ?? ''
  const about = { subject: name }
  const { usedBy } = template
  if (usedBy.length > 0) {
    const named = usedBy.slice(0, REFERENCES_NAMED)
    const references = named.map((use) => ({ kind: 'vm' as const, id: use.vmId, name: use.name }))
    return new AppError('template.in-use', { name, count: usedBy.length, references }, about)
  }
  const domains = template.disks.flatMap(({ storageDomainId }) => model.storageDomains.get(storageDomainId) ?? [])
  if (domains.some(({ status }) => status !== 'active')) {
    return new AppError('template.not-whole', { name, status: 'away' }, about)
  }
  const paths = new Set(template.disks.flatMap((disk) => findTemplateDisk(model, disk)?.path ?? []))
  const layer = [...model.disks.values()].find(({ backingPath }) => backingPath !== null && paths.has(backingPath))
  return layer === undefined ? null : new AppError('template.has-layers', { name, alias: layer.alias }, about)
}
