import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { VmId, VmSnapshot } from '../../../shared/domain/index.ts'
import { Card } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useCollection } from '../../stores/index.ts'

/** More than these are counted only. */
const SHOWN = 8

/** How many snapshots a VM has, and the newest of them. Nothing where it has none. */
export function SnapshotsCard({ vmId }: { readonly vmId: VmId }) {
  const { t } = useTranslation()
  const { entities } = useCollection('snapshots', vmId)
  const snapshots = useMemo(() => [...entities.values()].sort(byAge), [entities])
  if (snapshots.length === 0) return null
  const rest = snapshots.length - SHOWN
  return (
    <Card title={t('vms:snapshots.title', { count: snapshots.length })}>
      <ul className="vd-facts" aria-label={t('vms:snapshots.title', { count: snapshots.length })}>
        {snapshots.slice(0, SHOWN).map((snapshot) => (
          <Line key={snapshot.id} snapshot={snapshot} />
        ))}
        {rest > 0 ? <li className="vd-subtle">{t('common:andMore', { count: rest })}</li> : null}
      </ul>
    </Card>
  )
}

function Line({ snapshot: { name, createdAt, isCurrent, description } }: { readonly snapshot: VmSnapshot }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <li className="vd-facts__line">
      <Name {...(description === null ? {} : { whole: `${name}: ${description}` })}>{name}</Name>
      <span className="vd-subtle">
        {createdAt === null ? null : <time title={format.dateTime(createdAt)}>{format.time(createdAt)}</time>}
        {isCurrent ? ` · ${t('vms:snapshots.current')}` : ''}
      </span>
    </li>
  )
}

function byAge(a: VmSnapshot, b: VmSnapshot): number {
  return (b.createdAt ?? 0) - (a.createdAt ?? 0) || (a.name < b.name ? 1 : -1)
}
