import './console.css'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ActionButton, EntryButton } from '../../components/ActionButton.tsx'
import { MenuButton } from '../../components/menu.tsx'
import { useDark } from '../../components/use-dark.ts'
import { ConfirmActionDialog, useEntityActions } from '../../kinds/index.ts'
import { useEntity, useWorkspace } from '../../stores/index.ts'
import { ConsoleNotices } from './ConsoleNotices.tsx'
import { ConsoleToolbar } from './ConsoleToolbar.tsx'
import { type ConsoleAddress, formatConsoleAddress } from './console-address.ts'
import type { GraphicsControls, ViewMode } from './GraphicsScreen.tsx'
import { GraphicsTools } from './GraphicsTools.tsx'
import { LinkOverlay } from './LinkOverlay.tsx'
import type { SerialControls } from './SerialScreen.tsx'
import { SerialTools } from './SerialTools.tsx'
import { useConsoleLink } from './use-console-link.ts'
import { useFreshGuest } from './use-fresh-guest.ts'
import { useFullScreen } from './use-full-screen.ts'
import { useToolbarKey } from './use-toolbar-key.ts'

// A window shows one of them, and each brings a large package.
const GraphicsScreen = lazy(async () => ({ default: (await import('./GraphicsScreen.tsx')).GraphicsScreen }))
const PasteDialog = lazy(async () => ({ default: (await import('./PasteDialog.tsx')).PasteDialog }))
const SerialScreen = lazy(async () => ({ default: (await import('./SerialScreen.tsx')).SerialScreen }))

/** How long a note stays, milliseconds. */
const NOTE_MS = 6_000

/** A console window: one VM's display or serial port. */
export function ConsolePage({ opened }: { readonly opened: ConsoleAddress }) {
  const { t } = useTranslation()
  const { vmId, kind } = opened
  const [port, setPort] = useState(opened.port)
  const address = { vmId, kind, port }
  const vm = useEntity('vms', vmId)
  const host = useEntity('hosts', vm?.hostId)
  const dialog = useWorkspace((state) => state.dialogs.at(-1))
  const link = useConsoleLink(address, vm)
  const toolbar = useRef<HTMLDivElement>(null)
  const graphics = useRef<GraphicsControls>(null)
  const serial = useRef<SerialControls>(null)
  const [view, setView] = useState<ViewMode>('scale')
  const [pasting, setPasting] = useState(false)
  const [note, setNote] = useNote()
  const fullScreen = useFullScreen()
  const { menu: machineMenu, byId } = useEntityActions('vm', [vmId])
  const dark = useDark()
  useToolbarKey(toolbar)
  // What the guest before had set (a full-screen program, mouse reports, colours) is not for the next one.
  useFreshGuest(vmId, vm, () => serial.current?.reset())

  // The display that the engine opens: the first VNC one that listens somewhere.
  const keymap = vm?.graphics.find(({ type, listen }) => type === 'vnc' && listen !== 'none')?.keymap ?? null
  const vmName = vm?.name ?? t('console:unknownVm')
  const title = t(`console:title.${kind}`, { name: vmName, host: host?.name ?? '…' })
  useEffect(() => {
    document.title = title
  }, [title])

  const disabledReason = link.state.phase === 'connected' ? null : t('console:notConnected')
  const start = byId.get('vm.start')
  const receiveClipboard = (text: string) => {
    // Only a window in front may write; the guest's text is then simply not taken over.
    if (document.hasFocus()) navigator.clipboard.writeText(text).catch(() => undefined)
  }
  return (
    <div className={`vd-console${fullScreen.active ? ' vd-console--full' : ''}`} data-phase={link.state.phase}>
      <ConsoleToolbar ref={toolbar} vm={vm} vmName={vmName} hostName={host?.name ?? null} state={link.state}>
        <MenuButton
          label={t('console:toolbar.machine')}
          entries={machineMenu.filter(({ id }) => id !== `console.${kind}`)}
        />
        {kind === 'graphics' ? (
          <GraphicsTools
            vmName={vmName}
            controls={() => graphics.current}
            disabledReason={disabledReason}
            view={view}
            onView={setView}
            onPaste={() => setPasting(true)}
            onNote={setNote}
          />
        ) : (
          <SerialTools
            controls={() => serial.current}
            disabledReason={disabledReason}
            ports={vm?.serialPorts ?? []}
            port={port}
            onPort={(alias) => {
              setPort(alias)
              // A window that is loaded again shows the same port.
              history.replaceState(null, '', formatConsoleAddress({ vmId, kind, port: alias }))
            }}
            onNote={setNote}
          />
        )}
        <ActionButton
          label={fullScreen.active ? t('console:toolbar.leaveFullScreen') : t('console:toolbar.fullScreen')}
          onClick={() => {
            fullScreen.toggle()
            graphics.current?.focus()
            serial.current?.focus()
          }}
        />
      </ConsoleToolbar>
      <main className="vd-console__screen" aria-label={t('console:screen.area')}>
        <Suspense>
          {kind === 'graphics' ? (
            <GraphicsScreen
              ref={graphics}
              channel={link.channel}
              name={vmName}
              view={view}
              keymap={keymap}
              onConnected={link.screenConnected}
              onClipboard={receiveClipboard}
              onNote={setNote}
            />
          ) : (
            <SerialScreen
              key={port}
              ref={serial}
              channel={link.channel}
              label={t('console:screen.serialLabel', { name: vmName })}
              dark={dark}
              onConnected={link.screenConnected}
            />
          )}
        </Suspense>
        <LinkOverlay
          state={link.state}
          kind={kind}
          vmName={vmName}
          onRetry={link.retry}
          startButton={<EntryButton entry={start} primary />}
        />
      </main>
      <ConsoleNotices note={note} onNoteRead={() => setNote(null)} />
      {pasting ? (
        <Suspense>
          <PasteDialog
            connected={link.state.phase === 'connected'}
            keymap={keymap}
            sendKey={(keysym, code, down) => graphics.current?.sendKey(keysym, code, down)}
            sendClipboard={(text) => graphics.current?.sendClipboard(text)}
            onClose={() => {
              setPasting(false)
              graphics.current?.focus()
            }}
          />
        </Suspense>
      ) : null}
      {dialog?.kind === 'confirm-action' ? (
        <ConfirmActionDialog entity={dialog.entity} action={dialog.action} ids={dialog.ids} />
      ) : null}
    </div>
  )
}

function useNote(): [string | null, (text: string | null) => void] {
  const [note, setNote] = useState<string | null>(null)
  useEffect(() => {
    if (note === null) return
    const timer = setTimeout(() => setNote(null), NOTE_MS)
    return () => clearTimeout(timer)
  }, [note])
  return [note, setNote]
}
