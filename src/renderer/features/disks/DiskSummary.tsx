import { useTranslation } from 'react-i18next'
import type { Disk } from '../../../shared/domain/index.ts'
import { Card, Facts, Unknown } from '../../components/Card.tsx'
import { CopyButton } from '../../components/CopyButton.tsx'
import { Meter } from '../../components/Meter.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { type Share, shareOf } from '../../components/share.ts'
import { useFormat } from '../../i18n/index.ts'
import { useNameOf, useSameIds } from '../../kinds/index.ts'
import { showEntity, showVm } from '../../stores/index.ts'
import { RecentEvents } from '../events/index.ts'
import { describeFormat } from './status.ts'

/** What an admin asks first of a disk: what it is, where it is, how large, who uses it. */
export function DiskSummary({ disk }: { readonly disk: Disk }) {
  const { t } = useTranslation()
  return (
    <div className="vd-summary">
      {disk.registered ? null : <p className="vd-summary__note">{t('disks:orphanNote')}</p>}
      {disk.status === 'illegal' ? <p className="vd-summary__note">{t('disks:illegalNote')}</p> : null}
      {disk.description === '' ? null : <p className="vd-summary__note">{disk.description}</p>}
      <div className="vd-summary__columns">
        <SizeCard disk={disk} />
        <FileCard disk={disk} />
        <UseCard disk={disk} />
      </div>
      <RecentEvents subjectIds={useSameIds([disk.id])} onShowAll={() => showEntity('disk', disk.id, 'events')} />
    </div>
  )
}

function SizeCard({ disk }: { readonly disk: Disk }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { virtualBytes, allocatedBytes } = disk
  const allocated = t('disks:size.allocatedOf', {
    allocated: format.bytes(allocatedBytes ?? 0),
    size: format.bytes(virtualBytes ?? 0),
  })
  const bytes = (value: number | null) => (value === null ? <Unknown key="unknown" /> : format.bytes(value))
  return (
    <Card title={t('disks:size.title')} aside={virtualBytes === null ? null : format.bytes(virtualBytes)}>
      {virtualBytes === null || allocatedBytes === null ? null : (
        <div className="vd-capacity__use">
          <Meter
            label={t('disks:size.meter', { name: disk.name })}
            share={withoutLevel(shareOf(allocatedBytes, virtualBytes))}
            text={allocated}
          />
          <span className="vd-subtle">{allocated}</span>
        </div>
      )}
      <Facts
        facts={[
          [t('disks:column.kind'), t(`disks:kind.${disk.kind}`)],
          [t('disks:column.format'), describeFormat(disk.format, t)],
          [t('disks:size.virtual'), bytes(virtualBytes)],
          [t('disks:column.allocated'), bytes(allocatedBytes)],
          [t('disks:column.label'), disk.volumeId],
        ]}
      />
    </Card>
  )
}

/** A disk that is full of data is no trouble. */
function withoutLevel(share: Share | null): Share | null {
  return share === null ? null : { ...share, level: 'normal' }
}

function FileCard({ disk }: { readonly disk: Disk }) {
  const { t } = useTranslation()
  const nameOf = useNameOf(['storage-domain'])
  const yesNo = (value: boolean) => (disk.kind === 'disk' ? t(value ? 'common:yes' : 'common:no') : null)
  return (
    <Card title={t('disks:file.title')}>
      <Facts
        facts={[
          [
            t('disks:column.domain'),
            <button
              key="domain"
              type="button"
              className="vd-cell-link"
              onClick={() => showEntity('storage-domain', disk.storageDomainId)}
            >
              <Name>{nameOf({ kind: 'storage-domain', id: disk.storageDomainId })}</Name>
            </button>,
          ],
          [
            t('disks:file.path'),
            <span key="path">
              <code className="vd-break">{disk.path}</code> <CopyButton text={disk.path} />
            </span>,
          ],
          [t('disks:file.backing'), disk.backingPath === null ? null : <code key="backing">{disk.backingPath}</code>],
          [t('disks:label.shareable'), yesNo(disk.shareable)],
          [t('disks:label.readOnly'), yesNo(disk.readOnly)],
          [t('disks:label.discard'), yesNo(disk.discard)],
          [t('disks:file.id'), <code key="id">{disk.id}</code>],
        ]}
      />
    </Card>
  )
}

function UseCard({ disk: { usedBy } }: { readonly disk: Disk }) {
  const { t } = useTranslation()
  return (
    <Card title={t('disks:use.title')}>
      {usedBy.length === 0 ? (
        <p className="vd-subtle vd-card__text">{t('disks:use.none')}</p>
      ) : (
        <ul className="vd-names" aria-label={t('disks:use.title')}>
          {usedBy.map(({ vmId, name, running }) => (
            <li key={vmId}>
              <StatusMark tone={running ? 'ok' : 'off'} label={t(running ? 'disks:use.running' : 'disks:use.down')} />
              <button type="button" className="vd-cell-link" onClick={() => showVm(vmId)}>
                <Name>{name}</Name>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
