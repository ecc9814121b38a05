import { Button } from '@patternfly/react-core'
import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Drift, HostId, VmId } from '../../../shared/domain/index.ts'
import { Card } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { type Format, useFormat } from '../../i18n/index.ts'
import { openDialog, showVm, useCollection } from '../../stores/index.ts'
import { describeChange } from './describe-change.ts'

/** More than these are counted only. */
const SHOWN = 50
/** Of one definition more than these changes are counted only. */
const CHANGES_SHOWN = 4

/** What was changed outside of Virtdeck on a host, or of one machine. Nothing where nothing was. */
export function DriftCard({ about }: { readonly about: { readonly hostId: HostId } | { readonly vmId: VmId } }) {
  const { t } = useTranslation()
  const { entities } = useCollection('drifts')
  const [field, id] = 'hostId' in about ? (['hostId', about.hostId] as const) : (['vmId', about.vmId] as const)
  const drifts = useMemo(
    () => [...entities.values()].filter((drift) => drift[field] === id).sort(byNotice),
    [entities, field, id],
  )
  if (drifts.length === 0) return null
  const title = t('drift:title', { count: drifts.length })
  const rest = drifts.length - SHOWN
  return (
    <Card
      title={title}
      className="vd-card--problems"
      aside={
        'hostId' in about && drifts.length > 1 ? (
          <Button
            variant="link"
            size="sm"
            isInline
            onClick={() => openDialog({ kind: 'accept-drifts', hostId: about.hostId })}
          >
            {t('drift:acceptAll')}
          </Button>
        ) : undefined
      }
    >
      <ul className="vd-problems" aria-label={title}>
        {drifts.slice(0, SHOWN).map((drift) => (
          <Line key={drift.id} drift={drift} isNamed={'hostId' in about} />
        ))}
        {rest > 0 ? <li className="vd-subtle">{t('common:andMore', { count: rest })}</li> : null}
      </ul>
    </Card>
  )
}

function Line({ drift, isNamed }: { readonly drift: Drift; readonly isNamed: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { id, vmId, name, noticedAt } = drift
  return (
    <li className="vd-problems__line">
      <StatusMark tone="warning" />
      <div>
        <div className="vd-problems__head">
          {isNamed && vmId !== null ? (
            <button type="button" className="vd-cell-link" onClick={() => showVm(vmId)}>
              <Name>{name}</Name>
            </button>
          ) : null}
          <span>{describeDrift(drift, t, format)}</span>
          <time className="vd-subtle" title={format.dateTime(noticedAt)}>
            {t('drift:noticed', { time: format.time(noticedAt) })}
          </time>
        </div>
        <Button
          variant="link"
          size="sm"
          isInline
          aria-label={t('drift:compareOf', { name })}
          onClick={() => openDialog({ kind: 'compare-drift', driftId: id })}
        >
          {t('drift:compare')}
        </Button>
      </div>
    </li>
  )
}

/** What is other, in one line. Pure. */
export function describeDrift(
  { machine, changes }: Pick<Drift, 'machine' | 'changes'>,
  t: TFunction,
  format: Pick<Format, 'kib' | 'number'>,
): string {
  if (machine !== null) return t('drift:machine', machine)
  if (changes.length === 0) return t('drift:definition')
  const rest = changes.length - CHANGES_SHOWN
  const told = changes.slice(0, CHANGES_SHOWN).map((change) => describeChange(change, t, format))
  return [...told, ...(rest > 0 ? [t('common:andMore', { count: rest })] : [])].join(', ')
}

function byNotice(a: Drift, b: Drift): number {
  return b.noticedAt - a.noticedAt || (a.name < b.name ? -1 : 1)
}
