/** Something that an error names so that a page can link to it: the fields of a subject. */
export interface Reference {
  readonly kind:
    | 'datacenter'
    | 'cluster'
    | 'host'
    | 'vm'
    | 'storage-domain'
    | 'disk'
    | 'network'
    | 'vnic-profile'
    | 'template'
  readonly id: string
  readonly name: string
}

/** Why one of several hosts cannot do it: an error as it crosses the wire, without its causes. */
export interface HostRefusal {
  readonly name: string
  readonly error: { readonly code: string; readonly params: Readonly<Record<string, unknown>> }
}
