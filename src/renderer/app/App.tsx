import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { loadLazyComponents } from '../components/lazy-component.ts'
import { MENU_CONTAINER_ID } from '../components/menu.tsx'
import { FileDrop, guardTransfers } from '../features/disks/index.ts'
import { VmDrag } from '../features/migration/index.ts'
import { Notices } from '../features/notices/index.ts'
import { Palette } from '../features/search/index.ts'
import { InventoryTree } from '../features/tree/index.ts'
import { ShutdownQuestions } from '../features/vms/index.ts'
import { EntityPage } from '../kinds/index.ts'
import {
  addNotice,
  followAddress,
  onShellNotice,
  useCollection,
  useCollectionPart,
  useWorkspace,
} from '../stores/index.ts'
import { AllPage } from './AllPage.tsx'
import { ConnectionBanner } from './ConnectionBanner.tsx'
import { DemoTour } from './DemoTour.tsx'
import { Dialogs } from './Dialogs.tsx'
import { DiskFullBanner } from './DiskFullBanner.tsx'
import { Dock } from './Dock.tsx'
import { StatusBar } from './StatusBar.tsx'
import { TitleBar } from './TitleBar.tsx'
import { TreeHeader } from './TreeHeader.tsx'
import { useShortcuts } from './use-shortcuts.ts'

/** The main window: menu and search, tree, page, tasks and events, status. */
export function App() {
  const { t } = useTranslation()
  useEffect(followAddress, [])
  useEffect(() => onShellNotice((error) => addNotice({ command: null, subject: null, error })), [])
  useEffect(guardTransfers, [])
  useShortcuts()
  const dockOpen = useWorkspace((state) => state.dockOpen)
  const columns = useDefaultLayout({ id: 'virtdeck.columns' })
  const rows = useDefaultLayout({ id: 'virtdeck.rows' })
  // Settings and session are read everywhere and never let go.
  useCollection('session')
  useCollection('settings')
  const started = useCollectionPart('hosts', ({ status }) => status !== 'loading')
  useEffect(() => {
    if (started) loadLazyComponents()
  }, [started])
  return (
    <div className="vd-app">
      <TitleBar />
      <ConnectionBanner />
      <DiskFullBanner />
      <DemoTour />
      <Group className="vd-main" role="main" orientation="horizontal" {...layoutOf(columns)}>
        <Panel
          id="tree"
          className="vd-side"
          defaultSize={272}
          minSize={160}
          maxSize="45%"
          groupResizeBehavior="preserve-pixel-size"
        >
          <TreeHeader />
          <nav className="vd-side__tree" aria-label={t('frame:tree.label')}>
            <InventoryTree />
          </nav>
        </Panel>
        <Separator className="vd-separator vd-separator--columns" aria-label={t('frame:resize.tree')} />
        <Panel id="content" minSize={320}>
          {dockOpen ? (
            <Group orientation="vertical" {...layoutOf(rows)}>
              <Panel id="page" minSize={160}>
                <PageArea />
              </Panel>
              <Separator className="vd-separator vd-separator--rows" aria-label={t('frame:resize.dock')} />
              <Panel id="dock" defaultSize={176} minSize={80} maxSize="70%" groupResizeBehavior="preserve-pixel-size">
                <Dock />
              </Panel>
            </Group>
          ) : (
            <div className="vd-column">
              <PageArea />
              <Dock />
            </div>
          )}
        </Panel>
      </Group>
      <StatusBar />
      <section id={MENU_CONTAINER_ID} aria-label={t('frame:menu.open')} />
      <Palette />
      <Dialogs />
      <ShutdownQuestions />
      <FileDrop />
      <VmDrag />
    </div>
  )
}

/** Props of a group for a remembered layout; none while nothing is remembered. */
function layoutOf(remembered: ReturnType<typeof useDefaultLayout>) {
  const { defaultLayout, onLayoutChanged } = remembered
  return defaultLayout === undefined ? { onLayoutChanged } : { defaultLayout, onLayoutChanged }
}

function PageArea() {
  const place = useWorkspace((state) => state.place)
  return (
    <div className="vd-content">
      {place.kind === 'all' ? (
        <AllPage tab={place.tab} />
      ) : (
        <EntityPage key={`${place.kind} ${place.id}`} kind={place.kind} id={place.id} tab={place.tab} />
      )}
      <Notices />
    </div>
  )
}
