/** Something that an error names so that a page can link to it: the fields of a subject. */
export interface Reference {
  readonly kind: 'datacenter' | 'cluster' | 'host' | 'vm' | 'storage-domain' | 'disk'
  readonly id: string
  readonly name: string
}
