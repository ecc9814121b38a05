import { sortTags, TAGS_LIMIT, type VmLabels, vmFolderSchema, vmTagSchema } from '../../shared/domain/index.ts'
import { element } from './build-xml.ts'
import { renderPart } from './edit/index.ts'
import { childrenOf, textOf, type XmlElement } from './xml-tree.ts'

/** The namespace of what we write into a domain's metadata, and the prefix that it has there. */
export const LABELS_NAMESPACE = 'urn:virtdeck:machine'
export const LABELS_PREFIX = 'virtdeck'

/**
 * The labels in a domain's `<metadata>`. What does not fit is left out: anybody may have written it. Pure.
 * https://libvirt.org/formatdomain.html#general-metadata
 */
export function parseLabels(metadata: XmlElement | null): { tags: string[]; folder: string | null } {
  const own = (metadata?.children ?? []).find(isOurs)
  if (own === undefined) return { tags: [], folder: null }
  const prefix = own.name.includes(':') ? `${own.name.split(':')[0]}:` : ''
  const valuesOf = (name: string) => childrenOf(own, `${prefix}${name}`).flatMap((child) => textOf(child) ?? [])
  const tags = new Map<string, string>()
  for (const text of valuesOf('tag')) {
    const tag = vmTagSchema.safeParse(text)
    if (!tag.success || tags.size >= TAGS_LIMIT || tags.has(tag.data.toLowerCase())) continue
    tags.set(tag.data.toLowerCase(), tag.data)
  }
  const folder = vmFolderSchema.safeParse(valuesOf('folder')[0])
  return { tags: sortTags([...tags.values()]), folder: folder.success ? folder.data : null }
}

function isOurs({ name, attributes }: XmlElement): boolean {
  const [prefix, local] = name.includes(':') ? name.split(':') : [null, name]
  return local === 'labels' && attributes[prefix === null ? 'xmlns' : `xmlns:${prefix}`] === LABELS_NAMESPACE
}

/** What `virDomainSetMetadata` is given, which adds the namespace; null: nothing is left to be written. Pure. */
export function buildLabels({ tags, folder }: VmLabels): string | null {
  if (tags.length === 0 && folder === null) return null
  const parts = tags.map((tag) => element('tag', {}, tag))
  return renderPart(element('labels', {}, ...parts, folder === null ? null : element('folder', {}, folder)))
}
