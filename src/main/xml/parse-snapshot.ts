import type { VmSnapshot } from '../../shared/domain/index.ts'
import { childOf, parseWholeNumber, parseXml, textOf, XmlError } from './xml-tree.ts'

const DESCRIPTION_LIMIT = 4_096

/** Reads libvirt's snapshot XML (https://libvirt.org/formatsnapshot.html). Throws {@link XmlError}. */
export function parseSnapshot(xml: string): Omit<VmSnapshot, 'id' | 'isCurrent'> {
  const snapshot = parseXml(xml)
  if (snapshot.name !== 'domainsnapshot') {
    throw new XmlError(`expected <domainsnapshot>, got <${snapshot.name.slice(0, 64)}>`)
  }
  const createdSeconds = parseWholeNumber(textOf(childOf(snapshot, 'creationTime')))
  // Copied: what is cut out of the document would keep all of it alive.
  return structuredClone({
    name: childOf(snapshot, 'name')?.text ?? '',
    createdAt: createdSeconds === null ? null : createdSeconds * 1_000,
    state: textOf(childOf(snapshot, 'state')),
    description: textOf(childOf(snapshot, 'description'))?.slice(0, DESCRIPTION_LIMIT) ?? null,
    parent: childOf(childOf(snapshot, 'parent'), 'name')?.text ?? null,
  })
}
