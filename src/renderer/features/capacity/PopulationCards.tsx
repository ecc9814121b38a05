import { useTranslation } from 'react-i18next'
import type { HostStatus, Population, VmStatus } from '../../../shared/domain/index.ts'
import { Card } from '../../components/Card.tsx'
import { StatusMark, type Tone } from '../../components/StatusMark.tsx'
import { useFormat } from '../../i18n/index.ts'
import type { EntityRef } from '../../stores/index.ts'
import { goTo } from '../../stores/index.ts'
import { HOST_STATUSES, hostStatusTone } from '../hosts/index.ts'
import { VM_STATUSES, vmStatusTone } from '../vms/index.ts'

interface CardProps {
  /** Whose they are: its lists are where a status leads. */
  readonly within: EntityRef
  readonly population: Population
}

/** How many hosts there are of each status; each leads to the list of those. */
export function HostsByStatusCard({ within, population }: CardProps) {
  const { t } = useTranslation()
  return (
    <ByStatus
      title={t('hosts:all.label')}
      none={t('hosts:all.none')}
      all={t('hosts:bulk.hosts', { count: population.hostCount })}
      within={within}
      tab="hosts"
      lines={HOST_STATUSES.map((status) => ({
        status,
        tone: hostStatusTone(status as HostStatus),
        word: t(`hosts:status.${status as HostStatus}`),
        count: population.hostsByStatus[status as HostStatus] ?? 0,
      }))}
    />
  )
}

/** How many VMs there are of each status; each leads to the list of those. */
export function VmsByStatusCard({ within, population }: CardProps) {
  const { t } = useTranslation()
  return (
    <ByStatus
      title={t('vms:table.label')}
      none={t('vms:table.none')}
      all={t('vms:bulk.machines', { count: population.vmCount })}
      within={within}
      tab="vms"
      lines={VM_STATUSES.map((status) => ({
        status,
        tone: vmStatusTone(status as VmStatus),
        word: t(`vms:status.${status as VmStatus}`),
        count: population.vmsByStatus[status as VmStatus] ?? 0,
      }))}
    />
  )
}

interface StatusLine {
  readonly status: string
  readonly tone: Tone
  readonly word: string
  readonly count: number
}

function ByStatus(props: {
  readonly title: string
  readonly none: string
  /** How many there are, in words. */
  readonly all: string
  readonly within: EntityRef
  readonly tab: string
  readonly lines: readonly StatusLine[]
}) {
  const format = useFormat()
  const { kind, id } = props.within
  const lines = props.lines.filter(({ count }) => count > 0)
  const show = (filter: string | undefined) => goTo({ kind, id: id as never, tab: props.tab, filter })
  return (
    <Card
      title={props.title}
      aside={
        lines.length === 0 ? null : (
          <button type="button" className="vd-cell-link" onClick={() => show(undefined)}>
            {props.all}
          </button>
        )
      }
    >
      {lines.length === 0 ? (
        <p className="vd-subtle vd-card__text">{props.none}</p>
      ) : (
        <ul className="vd-names" aria-label={props.title}>
          {lines.map(({ status, tone, word, count }) => (
            <li key={status}>
              <StatusMark tone={tone} />
              <button type="button" className="vd-cell-link" onClick={() => show(`status=${status}`)}>
                {word} · {format.number(count)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
