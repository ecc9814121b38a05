import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, StorageConnection, StorageDomain } from '../../../shared/domain/index.ts'
import { Card } from '../../components/Card.tsx'
import { compareTexts } from '../../components/compare-texts.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useFormat } from '../../i18n/index.ts'
import { showEntity, useCollection } from '../../stores/index.ts'
import { HostPools } from '../host-pools/index.ts'
import { Remedy } from './Remedy.tsx'
import { CONNECTION_TONES, describePlace } from './status.ts'

interface Reached {
  readonly domain: StorageDomain
  readonly connection: StorageConnection
}

/** The storage domains of a host's datacenter, and how this host stands to each. */
export function HostStorage({ host }: { readonly host: Pick<Host, 'id' | 'stale'> }) {
  const { id } = host
  const { t } = useTranslation()
  const { entities } = useCollection('storage-domains')
  const domains = useMemo(
    () =>
      [...entities.values()]
        .flatMap((domain): readonly Reached[] => {
          const connection = domain.connections.find(({ hostId }) => hostId === id)
          return connection === undefined ? [] : [{ domain, connection }]
        })
        .sort((a, b) => compareTexts(a.domain.name, b.domain.name)),
    [entities, id],
  )
  return (
    <div className="vd-summary">
      <Card title={t('storage:all.label')}>
        {domains.length === 0 ? (
          <p className="vd-subtle vd-card__text">{t('storage:host.none')}</p>
        ) : (
          <ul className="vd-checks" aria-label={t('storage:all.label')}>
            {domains.map((reached) => (
              <ReachedDomain key={reached.domain.id} reached={reached} />
            ))}
          </ul>
        )}
      </Card>
      <HostPools host={host} />
    </div>
  )
}

function ReachedDomain({ reached: { domain, connection } }: { readonly reached: Reached }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { error, mounted, since, status } = connection
  return (
    <li className="vd-checks__line" data-connection={status}>
      <StatusMark tone={CONNECTION_TONES[status]} />
      <div>
        <div className="vd-checks__head">
          <button type="button" className="vd-cell-link" onClick={() => showEntity('storage-domain', domain.id)}>
            <Name>{domain.name}</Name>
          </button>
          <span>{t(`storage:connection.${status}`)}</span>
          <span className="vd-subtle">
            {t(`storage:kind.${domain.storage.kind}`)} <bdi>{describePlace(domain.storage)}</bdi>
          </span>
          <time className="vd-subtle" title={format.dateTime(since)}>
            {t('storage:hosts.since', { time: format.time(since) })}
          </time>
          {mounted === null || mounted.version === null ? null : (
            <span className="vd-subtle">NFS {mounted.version}</span>
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
