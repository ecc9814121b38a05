import { useTranslation } from 'react-i18next'
import { StatusMark, type Tone } from '../../components/StatusMark.tsx'
import { useElapsed } from '../../stores/index.ts'
import type { LinkState } from './decide-link.ts'

const TONES: Readonly<Record<LinkState['phase'], Tone>> = {
  waiting: 'off',
  connecting: 'moving',
  connected: 'ok',
  retrying: 'warning',
  stopped: 'bad',
}

/** One line that always says how the console stands. */
export function LinkStatus({ state }: { readonly state: LinkState }) {
  const { t } = useTranslation()
  return (
    <span className="vd-console__status" role="status" data-phase={state.phase}>
      <StatusMark tone={TONES[state.phase]} /> {t(`console:phase.${state.phase}`)}
    </span>
  )
}

/** "again in 3 s", counting down; apart from the status, so that a screen reader does not read each second. */
export function RetryCountdown({ atMs }: { readonly atMs: number }) {
  const { t } = useTranslation()
  const nowMs = useElapsed(500)
  const seconds = Math.max(0, Math.ceil((atMs - nowMs) / 1_000))
  return <p className="vd-console__countdown">{t('console:overlay.retryIn', { seconds })}</p>
}
