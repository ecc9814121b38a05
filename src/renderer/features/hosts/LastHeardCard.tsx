import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, Vm } from '../../../shared/domain/index.ts'
import { Card } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useFormat } from '../../i18n/index.ts'
import { showHost, showVm, useCollection } from '../../stores/index.ts'
import { didRun } from './status.ts'

/** More than these are counted only. */
const NAMES_SHOWN = 24

/** Of a host that nobody can ask: which of its machines ran when it was last heard. */
export function LastHeardCard({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities } = useCollection('vms')
  const { all, ran } = useMemo(() => {
    const own = [...entities.values()].filter((vm) => vm.hostId === host.id)
    return { all: own.length, ran: own.filter(didRun).sort((a, b) => a.name.localeCompare(b.name)) }
  }, [entities, host.id])
  if (all === 0) return null
  const rest = ran.length - NAMES_SHOWN
  return (
    <Card
      title={t('hosts:lastHeard.title')}
      aside={host.asOf === null ? undefined : <span title={format.dateTime(host.asOf)}>{format.time(host.asOf)}</span>}
    >
      <p className="vd-card__text">{t('hosts:lastHeard.ran', { ran: ran.length, all })}</p>
      <ul className="vd-names" aria-label={t('hosts:lastHeard.title')}>
        {ran.slice(0, NAMES_SHOWN).map((vm) => (
          <NameOf key={vm.id} vm={vm} />
        ))}
        {rest > 0 ? (
          <li>
            <button type="button" className="vd-cell-link" onClick={() => showHost(host.id, 'vms')}>
              {t('common:andMore', { count: rest })}
            </button>
          </li>
        ) : null}
      </ul>
    </Card>
  )
}

function NameOf({ vm }: { readonly vm: Vm }) {
  return (
    <li>
      <StatusMark tone="unknown" />{' '}
      <button type="button" className="vd-cell-link" onClick={() => showVm(vm.id)}>
        <Name>{vm.name}</Name>
      </button>
    </li>
  )
}
