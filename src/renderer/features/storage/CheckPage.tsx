import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { HostVerdicts } from './HostVerdicts.tsx'
import type { HostCheck } from './use-host-check.ts'

/** The page of a wizard on which the hosts say what they think of a place. */
export function CheckPage({ check }: { readonly check: HostCheck }) {
  const { t } = useTranslation()
  const { hosts, error, isBusy } = check
  return (
    <div aria-live="polite" aria-busy={isBusy}>
      {error === null ? null : (
        <div className="vd-failure" role="alert">
          <ErrorDetails error={error} />
        </div>
      )}
      {hosts === null ? null : <HostVerdicts hosts={hosts} />}
      {hosts === null && error === null ? <p className="vd-subtle">{t('storage:check.none')}</p> : null}
      <Button variant="secondary" size="sm" isLoading={isBusy} isDisabled={isBusy} onClick={() => void check.run()}>
        {t(hosts === null ? 'storage:check.do' : 'storage:check.again')}
      </Button>
    </div>
  )
}
