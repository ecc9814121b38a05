import { createStore, useStore } from 'zustand'
import type {
  BackupId,
  ClusterId,
  DatacenterId,
  DiskId,
  DomainStorageInput,
  HostId,
  NetworkId,
  StorageDomainId,
  TemplateId,
  VmId,
  VnicProfileId,
} from '../../shared/domain/index.ts'
import { readStored, writeStored } from './browser-storage.ts'
import type { EntityId, EntityName, EntityRef } from './entity-topics.ts'
import { formatPlace, type ListView, type Place, parsePlace } from './place.ts'
import { forgetScroll, writeScroll } from './scroll-memory.ts'
import { NOTHING_SELECTED, type Selection } from './selection.ts'

/** A dialog that is open. */
export type Dialog =
  | { readonly kind: 'create-datacenter' }
  | { readonly kind: 'edit-datacenter' | 'remove-datacenter'; readonly datacenterId: DatacenterId }
  /** In the datacenter that is named; else a person chooses one. */
  | { readonly kind: 'create-cluster'; readonly datacenterId: DatacenterId | null }
  | { readonly kind: 'edit-cluster' | 'remove-cluster'; readonly clusterId: ClusterId }
  /** `clusterId`: where it is to belong, as a proposal. */
  | { readonly kind: 'add-host'; readonly local?: boolean; readonly clusterId?: ClusterId | undefined }
  | { readonly kind: 'add-hosts'; readonly clusterId?: ClusterId | undefined }
  | { readonly kind: 'check-host' | 'edit-host'; readonly hostId: HostId }
  | { readonly kind: 'move-host' | 'import-vm-xml'; readonly hostId: HostId }
  | { readonly kind: 'maintain-hosts'; readonly hostIds: readonly HostId[] }
  | { readonly kind: 'remove-host'; readonly hostId: HostId }
  | { readonly kind: 'create-libvirt-network'; readonly hostId: HostId }
  | {
      readonly kind: 'edit-libvirt-network' | 'stop-libvirt-network' | 'remove-libvirt-network'
      readonly hostId: HostId
      readonly libvirtNetworkId: string
    }
  | { readonly kind: 'create-host-pool'; readonly hostId: HostId }
  | {
      readonly kind: 'end-host-pool'
      readonly hostId: HostId
      readonly poolId: string
      readonly way: 'stop' | 'remove'
    }
  | { readonly kind: 'create-host-volume'; readonly hostId: HostId; readonly poolId: string }
  | { readonly kind: 'upload-host-volume'; readonly hostId: HostId; readonly poolId: string }
  | { readonly kind: 'download-host-volume'; readonly hostId: HostId; readonly poolId: string; readonly name: string }
  | { readonly kind: 'remove-host-volume'; readonly hostId: HostId; readonly poolId: string; readonly name: string }
  | { readonly kind: 'compare-drift'; readonly driftId: string }
  | { readonly kind: 'accept-drifts'; readonly hostId: HostId }
  /** In the datacenter that is named; else a person chooses one. */
  | { readonly kind: 'create-storage'; readonly datacenterId: DatacenterId | null }
  /** `storage`: where a domain was found. */
  | {
      readonly kind: 'import-storage'
      readonly datacenterId: DatacenterId | null
      readonly storage?: DomainStorageInput | undefined
    }
  | {
      readonly kind: 'edit-storage' | 'attach-storage' | 'remove-storage' | 'destroy-storage'
      readonly storageDomainId: StorageDomainId
    }
  /** `name`: as the domain describes it. */
  | {
      readonly kind: 'register-vm'
      readonly storageDomainId: StorageDomainId
      readonly vmId: VmId
      readonly name: string
    }
  /** In the domain that is named; else a person chooses one. */
  | { readonly kind: 'create-disk' | 'upload-url'; readonly storageDomainId: StorageDomainId | null }
  | {
      readonly kind: 'upload-disk'
      readonly storageDomainId: StorageDomainId | null
      readonly files?: readonly File[] | undefined
    }
  | {
      readonly kind: 'edit-disk' | 'resize-disk' | 'copy-disk' | 'move-disk' | 'adopt-disk' | 'download-disk'
      readonly diskId: DiskId
    }
  /** In the datacenter that is named; else a person chooses one. */
  | { readonly kind: 'create-network'; readonly datacenterId: DatacenterId | null }
  | { readonly kind: 'edit-network' | 'create-vnic-profile'; readonly networkId: NetworkId }
  | { readonly kind: 'edit-vnic-profile'; readonly vnicProfileId: VnicProfileId }
  | { readonly kind: 'copy-host-networks'; readonly hostId: HostId }
  | { readonly kind: 'assign-network'; readonly clusterId: ClusterId; readonly networkId: NetworkId }
  /** To a host, or to the best one of their cluster. */
  | {
      readonly kind: 'migrate'
      readonly vmIds: readonly VmId[]
      readonly hostId: HostId | null
      /** Another cluster than theirs; null: theirs. */
      readonly clusterId: ClusterId | null
    }
  | { readonly kind: 'arrange-columns' | 'save-view'; readonly entity: EntityName }
  /** Asks before an action of a kind of entity runs on these. */
  | {
      readonly kind: 'confirm-action'
      readonly entity: EntityName
      readonly action: string
      readonly ids: readonly string[]
    }
  /** In the cluster that is named; else a person chooses one. */
  | { readonly kind: 'create-vm'; readonly clusterId: ClusterId | null }
  | {
      readonly kind:
        | 'remove-vm'
        | 'edit-vm'
        | 'edit-vm-xml'
        | 'run-once'
        | 'change-cd'
        | 'unanswered-shutdown'
        | 'attach-vm-disk'
        | 'attach-vm-device'
        | 'add-vm-nic'
        | 'take-snapshot'
        | 'back-up'
        | 'clone-vm'
        | 'make-template'
      readonly vmId: VmId
    }
  | { readonly kind: 'detach-vm-disk' | 'limit-vm-disk'; readonly vmId: VmId; readonly target: string }
  | { readonly kind: 'detach-vm-device' | 'resize-vm-device'; readonly vmId: VmId; readonly device: string }
  | { readonly kind: 'edit-vm-nic' | 'remove-vm-nic'; readonly vmId: VmId; readonly macAddress: string }
  | {
      readonly kind: 'revert-snapshot' | 'remove-snapshot' | 'edit-snapshot'
      readonly vmId: VmId
      readonly snapshotId: string
    }
  | { readonly kind: 'restore-backup' | 'remove-backup'; readonly backupId: BackupId }
  | { readonly kind: 'edit-template'; readonly templateId: TemplateId }
  | { readonly kind: 'vm-labels'; readonly vmIds: readonly VmId[] }
  | { readonly kind: 'guest-password' | 'run-in-guest' | 'vm-viewer'; readonly vmId: VmId }
  | { readonly kind: 'settings' | 'about' | 'shortcuts' }

export type DockTab = 'tasks' | 'events' | 'transfers' | 'failures'

export interface Workspace {
  readonly place: Place
  /** What menus and commands act on: what the page shows, or rows that were chosen in the tree or in a list. */
  readonly selection: Selection
  /** The open ones, each above the one before it; only the last takes part. */
  readonly dialogs: readonly Dialog[]
  readonly paletteOpen: boolean
  readonly dockTab: DockTab
  readonly dockOpen: boolean
  /** Show only tasks and events of what is selected. */
  readonly dockFollowsSelection: boolean
  readonly treeView: TreeViewName
  /** Tree nodes that a person closed; all others are open. */
  readonly collapsed: readonly string[]
}

/** The ways to look at the inventory as a tree. */
export type TreeViewName = 'compute' | 'storage' | 'networks' | 'folders'

function selectionOf(place: Place): Selection {
  return place.kind === 'all' ? NOTHING_SELECTED : { kind: place.kind, ids: [place.id] }
}

const first = parsePlace(typeof location === 'undefined' ? '' : location.hash)

/** What this window shows; apart from the engine's mirror. */
export const workspace = createStore<Workspace>(() => ({
  place: first,
  selection: selectionOf(first),
  dialogs: [],
  paletteOpen: false,
  dockTab: 'tasks',
  dockOpen: readStored('dockOpen', true),
  dockFollowsSelection: false,
  treeView: 'compute',
  collapsed: readStored<readonly string[]>('collapsed', []),
}))

/** A part of the workspace; repaints only when that part changes. */
export function useWorkspace<T>(select: (state: Workspace) => T): T {
  return useStore(workspace, select)
}

/** Shows a place, and selects what it shows. */
export function goTo(place: Place): void {
  const hash = formatPlace(place)
  if (location.hash !== hash) {
    writeScroll()
    history.pushState(null, '', hash)
  }
  workspace.setState({ place, selection: selectionOf(place) })
}

/** Shows an entity. Without a tab: its first. */
export function showEntity<N extends EntityName>(kind: N, id: EntityId<N>, tab = 'summary'): void {
  goTo({ kind, id, tab } as Place)
}

export function showHost(id: HostId, tab?: string): void {
  showEntity('host', id, tab)
}

export function showVm(id: VmId, tab?: string): void {
  showEntity('vm', id, tab)
}

/** Shows the list of this place in another way. That is no step to come back from. */
export function changeListView(change: ListView): void {
  const place = { ...workspace.getState().place, ...change }
  history.replaceState(history.state, '', formatPlace(place))
  workspace.setState({ place })
}

/** Selects without showing it; of one kind only. Nothing: what the page shows is selected again. */
export function select(selection: Selection): void {
  const { place } = workspace.getState()
  workspace.setState({ selection: selection.ids.length === 0 ? selectionOf(place) : selection })
}

/** Whether the page shows this entity. */
export function isShown({ kind, id }: EntityRef): boolean {
  const { place } = workspace.getState()
  return place.kind === kind && place.id === id
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

export function setTreeView(treeView: TreeViewName): void {
  workspace.setState({ treeView })
}

export function setDock(change: Partial<Pick<Workspace, 'dockTab' | 'dockOpen' | 'dockFollowsSelection'>>): void {
  workspace.setState(change)
  writeStored('dockOpen', workspace.getState().dockOpen)
}

/** Follows the address: back, forward, and what is typed into it. Returns how to stop. */
export function followAddress(): () => void {
  const changed = () => {
    forgetScroll()
    const place = parsePlace(location.hash)
    workspace.setState({ place, selection: selectionOf(place) })
  }
  // It may have changed since this script began: what came before the listener is seen here.
  if (formatPlace(parsePlace(location.hash)) !== formatPlace(workspace.getState().place)) changed()
  window.addEventListener('popstate', changed)
  window.addEventListener('pagehide', writeScroll)
  return () => {
    window.removeEventListener('popstate', changed)
    window.removeEventListener('pagehide', writeScroll)
  }
}
