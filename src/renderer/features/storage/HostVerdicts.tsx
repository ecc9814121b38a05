import { useTranslation } from 'react-i18next'
import type { StorageHostCheck } from '../../../shared/contract/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useFormat } from '../../i18n/index.ts'
import { Remedy } from './Remedy.tsx'

const TONES = { passed: 'ok', warning: 'warning', failed: 'bad' } as const

/** What each host says to a place, before anything is written there; under what it refuses, what mends it. */
export function HostVerdicts({ hosts }: { readonly hosts: readonly StorageHostCheck[] }) {
  const { t } = useTranslation()
  return (
    <ul className="vd-checks" aria-label={t('storage:check.label')}>
      {hosts.map((host) => (
        <Verdict key={host.hostId} host={host} />
      ))}
    </ul>
  )
}

function Verdict({ host }: { readonly host: StorageHostCheck }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { errors, warnings, mounted, capacityBytes, availableBytes } = host
  const outcome = errors.length > 0 ? 'failed' : warnings.length > 0 ? 'warning' : 'passed'
  return (
    <li className="vd-checks__line" data-host={host.hostId} data-outcome={outcome}>
      <StatusMark tone={TONES[outcome]} />
      <div>
        <div className="vd-checks__head">
          <strong>
            <Name>{host.hostName}</Name>
          </strong>
          <span>{t(`storage:check.${outcome}`)}</span>
          {availableBytes === null || capacityBytes === null ? null : (
            <span className="vd-subtle">
              {t('storage:check.free', { free: format.bytes(availableBytes), capacity: format.bytes(capacityBytes) })}
            </span>
          )}
          {mounted?.version == null ? null : <span className="vd-subtle">NFS {mounted.version}</span>}
        </div>
        {[...errors, ...warnings].map((error) => (
          <div key={`${error.code} ${JSON.stringify(error.params)}`}>
            <ErrorDetails error={error} />
            <Remedy error={error} />
          </div>
        ))}
      </div>
    </li>
  )
}
