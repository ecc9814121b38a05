import type { Reference } from './reference.ts'

/** Raised about a datacenter (`src/main/datacenter`). */
export interface DatacenterErrors {
  'datacenter.not-found': { datacenterId: string }
  'datacenter.name-taken': { name: string }
  /** `references`: the first of what it holds; `count`: how much that is. */
  'datacenter.not-empty': { name: string; count: number; references: readonly Reference[] }
  /** It was edited since this edit was begun: `fields` and `users`, separated by commas. */
  'datacenter.changed-meanwhile': { name: string; fields: string; users: string }
}
