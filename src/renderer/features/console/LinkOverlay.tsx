import { useTranslation } from 'react-i18next'
import { ActionButton } from '../../components/ActionButton.tsx'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { describeError } from '../../i18n/index.ts'
import type { ConsoleKind } from './console-address.ts'
import type { LinkState } from './decide-link.ts'
import { RetryCountdown } from './LinkStatus.tsx'

interface LinkOverlayProps {
  readonly state: LinkState
  readonly kind: ConsoleKind
  readonly vmName: string
  readonly onRetry: (force: boolean) => void
  /** The button that starts the VM, where that helps. */
  readonly startButton: React.ReactNode
}

/** Over the screen while nothing is connected: what happened, what happens next, and what a person can do. */
export function LinkOverlay({ state, kind, vmName, onRetry, startButton }: LinkOverlayProps) {
  const { t } = useTranslation()
  if (state.phase === 'connected') return null
  if (state.phase === 'connecting') {
    return (
      <div className="vd-console__overlay">
        <p>{t('console:overlay.connecting', { name: vmName })}</p>
      </div>
    )
  }
  if (state.phase === 'waiting') {
    return (
      <div className="vd-console__overlay">
        <p>{t(`console:overlay.waiting.${state.reason}`, { name: vmName })}</p>
        {state.reason === 'vm-down' ? startButton : null}
      </div>
    )
  }
  const { error } = state
  const busy = error?.code === 'console.serial-busy'
  return (
    <div className="vd-console__overlay">
      <h2 className="vd-console__overlay-title">
        {error === null ? t(`console:overlay.ended.${kind}`) : describeError(error, t).title}
      </h2>
      {error === null ? null : <ErrorDetails error={error} titleHidden />}
      {state.phase === 'retrying' ? <RetryCountdown atMs={state.atMs} /> : null}
      <div className="vd-console__overlay-actions">
        <ActionButton label={t('console:overlay.retry')} primary={!busy} onClick={() => onRetry(false)} />
        {busy ? <ActionButton label={t('console:overlay.takeOver')} danger onClick={() => onRetry(true)} /> : null}
      </div>
    </div>
  )
}
