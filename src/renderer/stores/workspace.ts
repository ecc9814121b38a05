import { createStore, useStore } from 'zustand'
import { type HostId, isId, type VmId } from '../../shared/domain/index.ts'
import { readStored, writeStored } from './browser-storage.ts'

/** What the page shows: everything, a host, or a VM. It stands in the address, so that back and forward work. */
export type Place =
  | { readonly kind: 'all'; readonly tab: string }
  | { readonly kind: 'host'; readonly id: HostId; readonly tab: string }
  | { readonly kind: 'vm'; readonly id: VmId; readonly tab: string }

/** A dialog that is open. */
export type Dialog =
  | { readonly kind: 'add-host'; readonly local?: boolean }
  | { readonly kind: 'edit-host'; readonly hostId: HostId }
  | { readonly kind: 'remove-host'; readonly hostId: HostId }
  | {
      readonly kind: 'confirm-power'
      readonly action: 'poweroff' | 'reset' | 'discard'
      readonly vmIds: readonly VmId[]
    }
  | { readonly kind: 'settings' | 'about' | 'shortcuts' }

export type DockTab = 'tasks' | 'events'

export interface Workspace {
  readonly place: Place
  /** The open ones, each above the one before it; only the last takes part. */
  readonly dialogs: readonly Dialog[]
  readonly paletteOpen: boolean
  readonly dockTab: DockTab
  readonly dockOpen: boolean
  /** Show only tasks and events of what is selected. */
  readonly dockFollowsSelection: boolean
  /** Tree nodes that a person closed; all others are open. */
  readonly collapsed: readonly string[]
}

/** The place that an address's hash names; anything else is `all`. Pure. */
export function parsePlace(hash: string): Place {
  const [kind, id = '', tab] = hash.replace(/^#\/?/, '').split('/')
  if (kind === 'host' && isId(id)) return { kind, id: id as HostId, tab: tab || 'summary' }
  if (kind === 'vm' && isId(id)) return { kind, id: id as VmId, tab: tab || 'summary' }
  return { kind: 'all', tab: kind === 'all' && id !== '' ? id : 'hosts' }
}

/** The hash that names a place. Pure; the inverse of {@link parsePlace}. */
export function formatPlace(place: Place): string {
  return place.kind === 'all' ? `#/all/${place.tab}` : `#/${place.kind}/${place.id}/${place.tab}`
}

/** What this window shows; apart from the engine's mirror. */
export const workspace = createStore<Workspace>(() => ({
  place: parsePlace(typeof location === 'undefined' ? '' : location.hash),
  dialogs: [],
  paletteOpen: false,
  dockTab: 'tasks',
  dockOpen: readStored('dockOpen', true),
  dockFollowsSelection: false,
  collapsed: readStored<readonly string[]>('collapsed', []),
}))

/** A part of the workspace; repaints only when that part changes. */
export function useWorkspace<T>(select: (state: Workspace) => T): T {
  return useStore(workspace, select)
}

/** Shows a place. */
export function goTo(place: Place): void {
  const hash = formatPlace(place)
  if (location.hash !== hash) location.hash = hash
  workspace.setState({ place })
}

export function showHost(id: HostId, tab = 'summary'): void {
  goTo({ kind: 'host', id, tab })
}

export function showVm(id: VmId, tab = 'summary'): void {
  goTo({ kind: 'vm', id, tab })
}

/** Opens a dialog above those that are open, which stay as they are. */
export function openDialog(dialog: Dialog): void {
  workspace.setState({ dialogs: [...workspace.getState().dialogs, dialog], paletteOpen: false })
}

/** Closes the topmost dialog. */
export function closeDialog(): void {
  workspace.setState({ dialogs: workspace.getState().dialogs.slice(0, -1) })
}

/** Tells, also after a wait, whether the dialog that is topmost now is still open: a person may have closed it meanwhile. */
export function rememberDialog(): () => boolean {
  const dialog = workspace.getState().dialogs.at(-1)
  return () => dialog !== undefined && workspace.getState().dialogs.includes(dialog)
}

export function setCollapsed(collapsed: readonly string[]): void {
  workspace.setState({ collapsed })
  writeStored('collapsed', collapsed)
}

export function setDock(change: Partial<Pick<Workspace, 'dockTab' | 'dockOpen' | 'dockFollowsSelection'>>): void {
  workspace.setState(change)
  writeStored('dockOpen', workspace.getState().dockOpen)
}

/** Follows the address. Returns how to stop. */
export function followAddress(): () => void {
  const changed = () => workspace.setState({ place: parsePlace(location.hash) })
  window.addEventListener('hashchange', changed)
  return () => window.removeEventListener('hashchange', changed)
}
