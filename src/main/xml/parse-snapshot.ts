import { childIn, childrenIn, type EditableElement, parseEditable } from './edit/index.ts'
import { XmlError } from './xml-tree.ts'

const DESCRIPTION_LIMIT = 4_096

/** How a disk is in a snapshot. */
export interface SnapshotDisk {
  /** As the definition calls it: "vda". */
  readonly target: string
  readonly kind: 'internal' | 'external' | 'no'
  /** Of an external one: the layer that was made over the image; null where it is no file. */
  readonly layer: string | null
}

/** What libvirt keeps of a snapshot. */
export interface SnapshotDefinition {
  readonly name: string
  readonly description: string | null
  readonly state: string | null
  /** Milliseconds since the epoch. */
  readonly createdAt: number | null
  readonly parent: string | null
  readonly memory: { readonly kind: 'internal' | 'external' | 'no'; readonly file: string | null }
  readonly disks: readonly SnapshotDisk[]
  /** The machine as it was then, as a definition to be stored; null where libvirt does not keep it. */
  readonly domainXml: string | null
  /** The files of its disks then, by their targets. */
  readonly sources: ReadonlyMap<string, string>
}

/** Reads libvirt's snapshot XML (https://libvirt.org/formatsnapshot.html). Throws {@link XmlError}. Pure. */
export function parseSnapshot(xml: string): SnapshotDefinition {
  const { root, text } = parseEditable(xml)
  if (root.name !== 'domainsnapshot') throw new XmlError(`expected <domainsnapshot>, got <${root.name.slice(0, 64)}>`)
  const seconds = Number(textIn(root, 'creationTime') ?? Number.NaN)
  const memory = childIn(root, 'memory')
  // What it runs with has aliases and addresses of that run; beside it newer ones keep what is stored.
  const domain = childIn(root, 'inactiveDomain') ?? childIn(root, 'domain')
  return {
    name: textIn(root, 'name') ?? '',
    description: textIn(root, 'description')?.slice(0, DESCRIPTION_LIMIT) ?? null,
    state: textIn(root, 'state'),
    createdAt: Number.isSafeInteger(seconds) ? seconds * 1_000 : null,
    parent: textIn(childIn(root, 'parent'), 'name'),
    memory: { kind: kindOf(memory), file: memory?.attributes.file ?? null },
    disks: childrenIn(childIn(root, 'disks'), 'disk').map((disk) => ({
      target: disk.attributes.name ?? '',
      kind: kindOf(disk),
      layer: childIn(disk, 'source')?.attributes.file ?? null,
    })),
    domainXml: domain === null ? null : asDomain(text.slice(domain.span.start, domain.span.end)),
    sources: new Map(
      childrenIn(childIn(domain, 'devices'), 'disk').flatMap((disk) => {
        const target = childIn(disk, 'target')?.attributes.dev
        const file = childIn(disk, 'source')?.attributes.file
        return target === undefined || file === undefined ? [] : [[target, file] as const]
      }),
    ),
  }
}

function textIn(element: EditableElement | null, name: string): string | null {
  const text = childIn(element, name)?.text
  return text === undefined || text === '' ? null : text
}

function kindOf(element: EditableElement | null): 'internal' | 'external' | 'no' {
  const { snapshot } = element?.attributes ?? {}
  return snapshot === 'internal' || snapshot === 'external' ? snapshot : 'no'
}

function asDomain(text: string): string {
  return text.replace(/^<inactiveDomain/, '<domain').replace(/<\/inactiveDomain>$/, '</domain>')
}
