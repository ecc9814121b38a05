import type { SearchField } from '../../kinds/index.ts'

/** What templates can be searched by. */
export const TEMPLATE_FIELDS: readonly SearchField<'template'>[] = [
  { name: 'name', type: 'text', isSearched: true, read: ({ name }) => [name] },
  { name: 'description', type: 'text', isSearched: true, read: ({ description }) => [description] },
  {
    name: 'status',
    type: 'choice',
    choices: ['ok', 'away', 'incomplete'],
    wordOf: (status, t) => t(`templates:status.${status}`),
    isSearched: false,
    read: ({ status }) => [status],
  },
  {
    name: 'datacenter',
    aliases: ['dc'],
    type: 'text',
    isSearched: false,
    read: ({ datacenterId }, nameOf) => [nameOf({ kind: 'datacenter', id: datacenterId }), datacenterId],
  },
  { name: 'version', type: 'number', isSearched: false, read: ({ version }) => [version] },
  { name: 'vms', type: 'number', isSearched: false, read: ({ usedBy }) => [usedBy.length] },
  { name: 'id', aliases: ['uuid'], type: 'text', isSearched: true, read: ({ id }) => [id] },
]
