import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Datacenter } from '../../../shared/domain/index.ts'
import { Card, Facts, Unknown } from '../../components/Card.tsx'
import { compareTexts } from '../../components/compare-texts.ts'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { kindOf, useNameOf } from '../../kinds/index.ts'
import { showEntity, showHost, useCollection } from '../../stores/index.ts'

/** The storage domains of a datacenter, and which host writes their metadata. */
export function DatacenterStorageCard({ datacenter }: { readonly datacenter: Datacenter }) {
  const { t } = useTranslation()
  const nameOf = useNameOf(['host'])
  const { entities } = useCollection('storage-domains')
  const { id, storageManagerHostId } = datacenter
  const kind = kindOf('storage-domain')
  const domains = useMemo(
    () =>
      [...entities.values()]
        .filter(({ datacenterId }) => datacenterId === id)
        .sort((a, b) => Number(b.isMaster) - Number(a.isMaster) || compareTexts(a.name, b.name)),
    [entities, id],
  )
  return (
    <Card
      title={kind.words.many(t)}
      aside={
        <button type="button" className="vd-cell-link" onClick={() => showEntity('datacenter', id, 'storage')}>
          {kind.words.count(t, domains.length)}
        </button>
      }
    >
      {domains.length === 0 ? (
        <p className="vd-subtle vd-card__text">{kind.words.none(t)}</p>
      ) : (
        <ul className="vd-names" aria-label={kind.words.many(t)}>
          {domains.map((domain) => (
            <li key={domain.id}>
              <StatusMark tone={kind.toneOf(domain)} label={kind.statusOf(domain, t)} />
              <button type="button" className="vd-cell-link" onClick={() => showEntity('storage-domain', domain.id)}>
                <Name>{domain.name}</Name>
              </button>
              <span className="vd-subtle">
                {t(`storage:type.${domain.type}`)}
                {domain.isMaster ? ` · ${t('storage:master')}` : ''}
              </span>
            </li>
          ))}
        </ul>
      )}
      <Facts
        facts={[
          [
            t('hosts:storageManager'),
            storageManagerHostId === null ? (
              <Unknown key="none">{t('datacenters:noStorageManager')}</Unknown>
            ) : (
              <button
                key="manager"
                type="button"
                className="vd-cell-link"
                onClick={() => showHost(storageManagerHostId)}
              >
                <Name>{nameOf({ kind: 'host', id: storageManagerHostId })}</Name>
              </button>
            ),
          ],
        ]}
      />
    </Card>
  )
}
