import { attributeOf, childrenOf, parseXml, XmlError } from './xml-tree.ts'

/** Kinds of storage pools that a host's libvirt can run. Format: https://libvirt.org/formatstoragecaps.html. Throws {@link XmlError}. */
export function parsePoolTypes(xml: string): ReadonlySet<string> {
  const root = parseXml(xml)
  if (root.name !== 'storagepoolCapabilities') {
    throw new XmlError(`expected <storagepoolCapabilities>, got <${root.name.slice(0, 64)}>`)
  }
  const supported = childrenOf(root, 'pool').filter((pool) => attributeOf(pool, 'supported') === 'yes')
  return new Set(supported.flatMap((pool) => attributeOf(pool, 'type') ?? []))
}
