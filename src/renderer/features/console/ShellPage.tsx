import './console.css'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostId } from '../../../shared/domain/index.ts'
import { ActionButton } from '../../components/ActionButton.tsx'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { Name } from '../../components/Name.tsx'
import { useDark } from '../../components/use-dark.ts'
import { describeError } from '../../i18n/index.ts'
import { useEntity } from '../../stores/index.ts'
import { ConsoleNotices } from './ConsoleNotices.tsx'
import type { SerialControls } from './SerialScreen.tsx'
import { SerialTools } from './SerialTools.tsx'
import { type ShellState, useShellLink } from './use-shell-link.ts'

const SerialScreen = lazy(async () => ({ default: (await import('./SerialScreen.tsx')).SerialScreen }))

/** The window of a shell on a host. It ends with the window. */
export function ShellPage({ hostId }: { readonly hostId: HostId }) {
  const { t } = useTranslation()
  const host = useEntity('hosts', hostId)
  const dark = useDark()
  const controls = useRef<SerialControls>(null)
  const [note, setNote] = useState<string | null>(null)
  const { state, channel, again, connected } = useShellLink(hostId)
  const name = host?.name ?? '…'
  const title = t('console:title.shell', { host: name, user: host?.user ?? '…' })
  useEffect(() => {
    document.title = title
  }, [title])
  const disabledReason = state.phase === 'connected' ? null : t('console:notConnected')
  return (
    <div className="vd-console" data-phase={state.phase}>
      <header className="vd-console__bar">
        <h1 className="vd-console__name">
          <Name>{title}</Name>
        </h1>
        <div className="vd-console__tools" role="toolbar" aria-label={t('console:toolbar.label')}>
          <SerialTools
            controls={() => controls.current}
            disabledReason={disabledReason}
            ports={[]}
            port={null}
            onPort={() => undefined}
            onNote={setNote}
          />
        </div>
      </header>
      <main className="vd-console__screen" aria-label={t('console:screen.area')}>
        <Suspense>
          <SerialScreen
            ref={controls}
            channel={channel}
            label={t('console:screen.shellLabel', { host: name })}
            isShell
            dark={dark}
            onConnected={connected}
          />
        </Suspense>
        <ShellOverlay state={state} host={name} onAgain={again} />
      </main>
      <ConsoleNotices note={note} onNoteRead={() => setNote(null)} />
    </div>
  )
}

function ShellOverlay(props: { readonly state: ShellState; readonly host: string; readonly onAgain: () => void }) {
  const { t } = useTranslation()
  const { state, host, onAgain } = props
  if (state.phase === 'connected') return null
  if (state.phase === 'connecting') {
    return (
      <div className="vd-console__overlay">
        <p>{t('console:overlay.connecting', { name: host })}</p>
      </div>
    )
  }
  const { error } = state
  return (
    <div className="vd-console__overlay">
      <h2 className="vd-console__overlay-title">
        {error === null ? t('console:overlay.ended.shell') : describeError(error, t).title}
      </h2>
      {error === null ? null : <ErrorDetails error={error} titleHidden />}
      <div className="vd-console__overlay-actions">
        <ActionButton label={t('console:overlay.newShell')} primary onClick={onAgain} />
      </div>
    </div>
  )
}
