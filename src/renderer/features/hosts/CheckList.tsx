import { useTranslation } from 'react-i18next'
import type { HostCheck } from '../../../shared/contract/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'

const TONES = { passed: 'ok', warning: 'warning', failed: 'bad', 'not-run': 'off' } as const

/** The checks of a host with their outcome, and under what did not pass the remedy. */
export function CheckList({ checks }: { readonly checks: readonly HostCheck[] }) {
  const { t } = useTranslation()
  return (
    <ul className="vd-checks" aria-label={t('hosts:check.label')}>
      {checks.map(({ check, outcome, detail, error }) => (
        <li key={check} className="vd-checks__line" data-check={check} data-outcome={outcome}>
          <StatusMark tone={TONES[outcome]} />
          <div>
            <div className="vd-checks__head">
              <strong>{t(`hosts:check.${check}`)}</strong>
              <span>{t(`hosts:outcome.${outcome}`)}</span>
              {detail === null ? null : <span className="vd-subtle">{detail}</span>}
            </div>
            {check === 'migration-ports' && outcome === 'passed' ? (
              <p className="vd-subtle">{t('hosts:check.portsProof')}</p>
            ) : null}
            {error === null || outcome === 'passed' ? null : <ErrorDetails error={error} />}
          </div>
        </li>
      ))}
    </ul>
  )
}
