import type { TFunction } from 'i18next'
import type { StorageDomain } from '../../../shared/domain/index.ts'
import { type Collections, type Place, workspace } from '../../stores/index.ts'
import { refuseContent } from '../storage/index.ts'

/** Where files would go that are dropped here, and whether they may. */
export interface DropTarget {
  /** What is marked; null: nothing here takes files. */
  readonly element: Element | null
  readonly domain: StorageDomain | null
  /** Why not; null: they may. */
  readonly refusal: string | null
}

const NODE_PREFIX = 'storage-domain:'

/** The domain that an element of the page stands for: a line of the tree, a row of a list, or the page that is shown. */
export function findDropTarget(at: Element, collections: Collections, t: TFunction): DropTarget {
  const { place, dialogs } = workspace.getState()
  const nowhere = { element: null, domain: null, refusal: t('disks:drop.nowhere') }
  if (dialogs.length > 0) return { ...nowhere, refusal: t('disks:drop.dialog') }
  const found = findElement(at, place)
  if (found === null) return nowhere
  const domain = domainOf(found.id, collections)
  if (domain === undefined) return nowhere
  return { element: found.element, domain, refusal: refuseContent(domain, t) }
}

function findElement(at: Element, place: Place): { readonly element: Element; readonly id: string } | null {
  const node = at.closest('[data-node]')
  const nodeName = node?.getAttribute('data-node') ?? null
  if (node !== null && nodeName !== null) {
    return nodeName.startsWith(NODE_PREFIX) ? { element: node, id: nodeName.slice(NODE_PREFIX.length) } : null
  }
  const page = at.closest('.vd-content')
  if (page === null) return null
  const row = at.closest('[data-row]')
  if (row !== null && place.kind !== 'storage-domain') {
    return { element: row, id: row.getAttribute('data-row') ?? '' }
  }
  return place.kind === 'storage-domain' || place.kind === 'disk' ? { element: page, id: place.id } : null
}

/** By its own id, or by that of a disk in it. */
function domainOf(id: string, collections: Collections): StorageDomain | undefined {
  const domains = collections.store('storage-domains').getState().entities
  return domains.get(id) ?? domains.get(collections.store('disks').getState().entities.get(id)?.storageDomainId ?? '')
}
