import { attributeOf, childOf, childrenOf, descend, parseXml, textOf, XmlError } from './xml-tree.ts'

/** What a storage pool is defined as. Format: https://libvirt.org/formatstorage.html */
export interface StoragePoolDefinition {
  readonly name: string
  readonly uuid: string
  /** "dir", "netfs", … */
  readonly type: string
  readonly targetPath: string | null
  readonly sourceHost: string | null
  readonly sourcePath: string | null
  /** Of the file system: "nfs", "glusterfs", … */
  readonly format: string | null
  readonly mountOptions: readonly string[]
}

const OPTIONS_LIMIT = 64

/** Reads the description of a storage pool. Throws {@link XmlError}. */
export function parseStoragePool(xml: string): StoragePoolDefinition {
  const root = parseXml(xml)
  if (root.name !== 'pool') throw new XmlError(`expected <pool>, got <${root.name.slice(0, 64)}>`)
  const source = childOf(root, 'source')
  const options = childrenOf(childOf(root, 'fs:mount_opts'), 'fs:option').slice(0, OPTIONS_LIMIT)
  return {
    name: textOf(childOf(root, 'name')) ?? '',
    uuid: textOf(childOf(root, 'uuid'))?.toLowerCase() ?? '',
    type: attributeOf(root, 'type') ?? '',
    targetPath: textOf(descend(root, 'target', 'path')),
    sourceHost: attributeOf(childOf(source, 'host'), 'name'),
    sourcePath: attributeOf(childOf(source, 'dir'), 'path'),
    format: attributeOf(childOf(source, 'format'), 'type'),
    mountOptions: options.flatMap((option) => attributeOf(option, 'name') ?? []),
  }
}
