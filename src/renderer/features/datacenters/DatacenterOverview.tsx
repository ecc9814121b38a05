import { useTranslation } from 'react-i18next'
import type { Datacenter } from '../../../shared/domain/index.ts'
import { Card, Facts } from '../../components/Card.tsx'
import { compareTexts } from '../../components/compare-texts.ts'
import { Meter } from '../../components/Meter.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusLabel } from '../../components/StatusLabel.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { shareOf } from '../../components/share.ts'
import { useFormat } from '../../i18n/index.ts'
import { showEntity, useCollection } from '../../stores/index.ts'
import { datacenterTone, describeDatacenter } from './status.ts'

/** All datacenters at a glance: how each stands, how full it is, what is in it, what it still needs. */
export function DatacenterOverview() {
  const { t } = useTranslation()
  const { entities } = useCollection('datacenters')
  const datacenters = [...entities.values()].sort((a, b) => compareTexts(a.name, b.name))
  if (datacenters.length === 0) return <p className="vd-summary vd-subtle">{t('datacenters:all.none')}</p>
  return (
    <ul className="vd-overview" aria-label={t('datacenters:all.label')}>
      {datacenters.map((datacenter) => (
        <li key={datacenter.id}>
          <DatacenterCard datacenter={datacenter} />
        </li>
      ))}
    </ul>
  )
}

function DatacenterCard({ datacenter }: { readonly datacenter: Datacenter }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { id, name, activation, capacity, clusterCount, population, problemCount, storageCapacity } = datacenter
  const open = activation.steps.find(({ done }) => !done)
  const show = (tab: string) => showEntity('datacenter', id, tab)
  const cpuText = t('clusters:capacity.cpuUsed', {
    percent: format.percent(capacity.cpuUsedPercent ?? 0),
    cpus: capacity.cpus,
  })
  const memoryText = t('clusters:capacity.memoryUsed', {
    used: format.kib(capacity.memoryUsedKiB ?? 0),
    memory: format.kib(capacity.memoryKiB),
  })
  const storageText = t('clusters:capacity.memoryUsed', {
    used: format.bytes(storageCapacity.allocationBytes),
    memory: format.bytes(storageCapacity.capacityBytes),
  })
  return (
    <Card
      title={
        <button type="button" className="vd-cell-link" onClick={() => show('summary')}>
          <Name>{name}</Name>
        </button>
      }
      aside={
        <StatusLabel
          tone={datacenterTone(datacenter)}
          status={datacenter.status}
          word={describeDatacenter(datacenter, t)}
        />
      }
    >
      <p className="vd-overview__counts">
        <CountLink label={t('clusters:all.count', { count: clusterCount })} onClick={() => show('clusters')} />
        <CountLink label={t('hosts:bulk.hosts', { count: population.hostCount })} onClick={() => show('hosts')} />
        <CountLink label={t('vms:bulk.machines', { count: population.vmCount })} onClick={() => show('vms')} />
      </p>
      <Facts
        facts={[
          [
            t('clusters:capacity.cpu'),
            <Meter
              key="cpu"
              label={t('clusters:column.cpuOf', { name })}
              share={shareOf(capacity.cpuUsedPercent, 100)}
              text={cpuText}
            />,
          ],
          [
            t('clusters:capacity.memory'),
            <Meter
              key="memory"
              label={t('clusters:column.memoryOf', { name })}
              share={shareOf(capacity.memoryUsedKiB, capacity.memoryKiB)}
              text={memoryText}
            />,
          ],
          [
            t('clusters:capacity.storage'),
            storageCapacity.capacityBytes === 0 ? null : (
              <Meter
                key="storage"
                label={t('datacenters:overview.storageOf', { name })}
                share={shareOf(storageCapacity.allocationBytes, storageCapacity.capacityBytes)}
                text={storageText}
              />
            ),
          ],
          [
            t('datacenters:overview.problems'),
            problemCount === 0 ? null : (
              <span key="problems">
                <StatusMark tone={datacenter.problems.some(isError) ? 'bad' : 'warning'} />{' '}
                <CountLink label={format.number(problemCount)} onClick={() => show('summary')} />
              </span>
            ),
          ],
          [
            t('datacenters:overview.next'),
            open === undefined ? null : (
              <span key="next" className="vd-subtle">
                {t(`datacenters:activation.step.${open.step}`)}
              </span>
            ),
          ],
        ]}
      />
    </Card>
  )
}

const isError = ({ severity }: Datacenter['problems'][number]) => severity === 'error'

function CountLink({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <button type="button" className="vd-cell-link" onClick={onClick}>
      {label}
    </button>
  )
}
