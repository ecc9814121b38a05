import type { PendingChange } from '../../shared/domain/index.ts'
import type { DefinitionDrift, StoredDefinition, VmDefinitionRecord } from '../inventory/index.ts'
import { compareDefinitions, type DomainDefinition, parseDomain, XmlError } from '../xml/index.ts'

/** Characters of a known version that are kept beside the one that is there. Definitions of machines have a few thousand. */
const KEPT_LIMIT = 512 * 1024

/**
 * How a definition that was read from its host stands to what is stored of it. The version that was known stays the known one however often
 * it is changed there, until somebody accepts what is there, or it is as it was. Null: it is as known, or was not known yet. Pure.
 */
export function decideDefinitionDrift(
  stored: StoredDefinition | null,
  read: VmDefinitionRecord,
): DefinitionDrift | null {
  if (stored === null) return null
  const { drift } = stored
  const known = drift === null ? { xml: stored.xml, at: stored.readAt } : { xml: drift.knownXml, at: drift.knownAt }
  if (known.xml !== null && isSameDefinition(known.xml, read.xml)) return null
  if (drift !== null && isSameDefinition(stored.xml, read.xml)) return drift
  return {
    knownXml: known.xml !== null && known.xml.length <= KEPT_LIMIT ? known.xml : null,
    knownAt: known.at,
    noticedAt: drift?.noticedAt ?? read.readAt,
    changes: known.xml === null ? (drift?.changes ?? []) : compareTexts(known.xml, read.xml),
  }
}

/** Whether two texts say the same: how it is laid out says nothing. Pure. */
function isSameDefinition(one: string, other: string): boolean {
  return one === other || layOut(one) === layOut(other)
}

function layOut(xml: string): string {
  const lines = xml.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '').join('\n')
}

/** What is read of both and differs; nothing where one cannot be read: the texts show it. */
function compareTexts(known: string, now: string): PendingChange[] {
  const [before, after] = [parseOrNull(known), parseOrNull(now)]
  return before === null || after === null ? [] : compareDefinitions(before, after)
}

function parseOrNull(xml: string): DomainDefinition | null {
  try {
    return parseDomain(xml)
  } catch (error) {
    if (error instanceof XmlError) return null
    throw error
  }
}
