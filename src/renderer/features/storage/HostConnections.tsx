import { useTranslation } from 'react-i18next'
import type { StorageConnection, StorageDomain } from '../../../shared/domain/index.ts'
import { Card } from '../../components/Card.tsx'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useNameOf } from '../../kinds/index.ts'
import { showHost } from '../../stores/index.ts'
import { Remedy } from './Remedy.tsx'
import { CONNECTION_TONES } from './status.ts'

/** How each host of the datacenter stands to a domain; where one does not reach it, why, and what mends that. */
export function HostConnections({ domain }: { readonly domain: StorageDomain }) {
  const { t } = useTranslation()
  const nameOf = useNameOf(['host'])
  const connections = domain.connections.toSorted((a, b) =>
    nameOf({ kind: 'host', id: a.hostId }).localeCompare(nameOf({ kind: 'host', id: b.hostId })),
  )
  if (connections.length === 0) {
    return (
      <p className="vd-summary vd-subtle">
        {t(domain.datacenterId === null ? 'storage:hosts.unattached' : 'storage:hosts.none')}
      </p>
    )
  }
  return (
    <div className="vd-summary">
      <Card title={t('storage:hosts.title')}>
        <ul className="vd-checks" aria-label={t('storage:hosts.title')}>
          {connections.map((connection) => (
            <Connection
              key={connection.hostId}
              connection={connection}
              name={nameOf({ kind: 'host', id: connection.hostId })}
            />
          ))}
        </ul>
      </Card>
    </div>
  )
}

function Connection(props: { readonly connection: StorageConnection; readonly name: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { hostId, status, since, mounted, error } = props.connection
  return (
    <li className="vd-checks__line" data-host={hostId} data-connection={status}>
      <StatusMark tone={CONNECTION_TONES[status]} />
      <div>
        <div className="vd-checks__head">
          <button type="button" className="vd-cell-link" onClick={() => showHost(hostId)}>
            <Name>{props.name || hostId}</Name>
          </button>
          <span>{t(`storage:connection.${status}`)}</span>
          <time className="vd-subtle" title={format.dateTime(since)}>
            {t('storage:hosts.since', { time: format.time(since) })}
          </time>
          {mounted === null ? null : (
            <span className="vd-subtle">
              {mounted.version === null ? null : <>NFS {mounted.version} · </>}
              <code className="vd-break">{mounted.options}</code>
            </span>
          )}
        </div>
        {error === null ? null : (
          <>
            <ErrorDetails error={error} />
            <Remedy error={error} />
          </>
        )}
      </div>
    </li>
  )
}
