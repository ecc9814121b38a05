import { useTranslation } from 'react-i18next'
import type { StorageDomain } from '../../../shared/domain/index.ts'
import { Card, Facts, Unknown } from '../../components/Card.tsx'
import { CopyButton } from '../../components/CopyButton.tsx'
import { Problems } from '../../components/Problems.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useSameIds } from '../../kinds/index.ts'
import { showEntity } from '../../stores/index.ts'
import { RecentEvents } from '../events/index.ts'
import { SpaceCard } from './SpaceCard.tsx'
import { countConnected, describePlace, LOCK_TONES, placeLabelOf } from './status.ts'

/** What an admin asks first of a storage domain: problems, room, where it lies and who reaches it, whether its locks hold. */
export function StorageSummary({ domain }: { readonly domain: StorageDomain }) {
  return (
    <div className="vd-summary">
      <Problems problems={domain.problems} />
      {domain.description === '' ? null : <p className="vd-summary__note">{domain.description}</p>}
      <div className="vd-summary__columns">
        <SpaceCard domain={domain} />
        <PlaceCard domain={domain} />
        <LocksCard domain={domain} />
        <OwnerCard domain={domain} />
      </div>
      <RecentEvents
        subjectIds={useSameIds([domain.id])}
        onShowAll={() => showEntity('storage-domain', domain.id, 'events')}
      />
    </div>
  )
}

function PlaceCard({ domain }: { readonly domain: StorageDomain }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { storage, connections, targetPath } = domain
  const place = describePlace(storage)
  const versions = [...new Set(connections.flatMap(({ mounted }) => mounted?.version ?? []))].sort()
  return (
    <Card
      title={t('storage:place.title')}
      aside={
        <button type="button" className="vd-cell-link" onClick={() => showEntity('storage-domain', domain.id, 'hosts')}>
          {t('storage:place.connected', {
            connected: format.number(countConnected(connections)),
            hosts: format.number(connections.length),
          })}
        </button>
      }
    >
      <Facts
        facts={[
          [t('storage:label.kind'), t(`storage:kind.${storage.kind}`)],
          [
            t(placeLabelOf(storage)),
            <span key="place">
              <code className="vd-break">{place}</code> <CopyButton text={place} />
            </span>,
          ],
          [t('storage:label.onHosts'), place === targetPath ? null : <code key="target">{targetPath}</code>],
          [
            t('storage:label.nfsVersion'),
            storage.kind !== 'nfs'
              ? null
              : versions.length === 0
                ? storage.version === 'auto'
                  ? t('storage:version.auto')
                  : storage.version
                : t('storage:version.mounted', { versions: versions.join(', ') }),
          ],
          [
            t('storage:label.mountOptions'),
            'mountOptions' in storage && storage.mountOptions !== undefined && storage.mountOptions !== '' ? (
              <code key="options">{storage.mountOptions}</code>
            ) : null,
          ],
          [t('storage:label.pool'), <code key="pool">{domain.poolName}</code>],
          [t('storage:label.since'), <time key="since">{format.time(domain.statusSince)}</time>],
        ]}
      />
    </Card>
  )
}

/** Whether two hosts can ever write one image at once, as far as that was tried. */
function LocksCard({ domain: { locks } }: { readonly domain: StorageDomain }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Card title={t('storage:locks.title')}>
      <p className="vd-status vd-card__text" data-verdict={locks.verdict}>
        <StatusMark tone={LOCK_TONES[locks.verdict]} /> <strong>{t(`storage:locks.verdict.${locks.verdict}`)}</strong>
      </p>
      <p className="vd-subtle vd-card__text">{t(`storage:locks.about.${locks.verdict}`)}</p>
      <Facts
        facts={[
          [
            t('storage:locks.lease'),
            locks.leaseSeconds === null ? null : t('common:seconds', { value: format.number(locks.leaseSeconds) }),
          ],
          [
            t('storage:locks.provedAt'),
            locks.provedAt === null ? (
              <Unknown key="never">{t('storage:locks.never')}</Unknown>
            ) : (
              <time key="at" title={format.dateTime(locks.provedAt)}>
                {format.time(locks.provedAt)}
              </time>
            ),
          ],
        ]}
      />
    </Card>
  )
}

function OwnerCard({ domain: { owner, isMaster, masterVersion, type } }: { readonly domain: StorageDomain }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Card title={t('storage:owner.title')}>
      <p className="vd-card__text" data-owner={owner.status}>
        {t(`storage:owner.${owner.status}`, { engine: owner.engine?.name ?? '' })}
      </p>
      <Facts
        facts={[
          [t('storage:label.type'), t(`storage:typeAbout.${type}`)],
          [t('storage:label.master'), type === 'data' ? t(isMaster ? 'storage:masterYes' : 'storage:masterNo') : null],
          [t('storage:label.masterVersion'), type === 'data' && isMaster ? format.number(masterVersion) : null],
        ]}
      />
    </Card>
  )
}
