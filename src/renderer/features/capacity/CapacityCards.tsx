import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Capacity, StorageCapacity } from '../../../shared/domain/index.ts'
import { Card, Facts, Unknown } from '../../components/Card.tsx'
import { Meter } from '../../components/Meter.tsx'
import { shareOf } from '../../components/share.ts'
import { useFormat } from '../../i18n/index.ts'

/** What hosts have, how much of it is used now, and how much is promised to VMs. */
export function CapacityCards(props: {
  readonly capacity: Capacity
  /** Of the datacenter; undefined while it is not known. */
  readonly storage: StorageCapacity | undefined
  readonly onShowStorage: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { cpus, memoryKiB, cpuUsedPercent, memoryUsedKiB } = props.capacity
  const cpuText = t('clusters:capacity.cpuUsed', { percent: format.percent(cpuUsedPercent ?? 0), cpus })
  const memoryText = t('clusters:capacity.memoryUsed', {
    used: format.kib(memoryUsedKiB ?? 0),
    memory: format.kib(memoryKiB),
  })
  return (
    <div className="vd-capacity">
      <Card title={t('clusters:capacity.cpu')} aside={cpus > 0 ? t('clusters:capacity.cpus', { count: cpus }) : null}>
        <Use
          label={t('clusters:capacity.cpu')}
          share={shareOf(cpuUsedPercent, 100)}
          text={cpuText}
          hasHosts={cpus > 0}
        />
        <Promised
          running={t('clusters:capacity.vcpus', { count: props.capacity.runningVcpus })}
          runningOf={shareText(props.capacity.runningVcpus, cpus, format.percent)}
          all={t('clusters:capacity.vcpus', { count: props.capacity.committedVcpus })}
          allOf={shareText(props.capacity.committedVcpus, cpus, format.percent)}
        />
      </Card>
      <Card title={t('clusters:capacity.memory')} aside={memoryKiB > 0 ? format.kib(memoryKiB) : null}>
        <Use
          label={t('clusters:capacity.memory')}
          share={shareOf(memoryUsedKiB, memoryKiB)}
          text={memoryText}
          hasHosts={memoryKiB > 0}
        />
        <Promised
          running={format.kib(props.capacity.runningMemoryKiB)}
          runningOf={shareText(props.capacity.runningMemoryKiB, memoryKiB, format.percent)}
          all={format.kib(props.capacity.committedMemoryKiB)}
          allOf={shareText(props.capacity.committedMemoryKiB, memoryKiB, format.percent)}
        />
      </Card>
      <StorageCard storage={props.storage} onShow={props.onShowStorage} />
    </div>
  )
}

function shareText(part: number, whole: number, format: (percent: number) => string): string | null {
  const share = shareOf(part, whole)
  return share === null ? null : format(share.percent)
}

/** What the data domains of the datacenter have together. */
function StorageCard(props: { readonly storage: StorageCapacity | undefined; readonly onShow: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { storage } = props
  const title = t('clusters:capacity.storage')
  if (storage === undefined || storage.capacityBytes <= 0) {
    return (
      <Card title={title}>
        <p className="vd-subtle vd-card__text">{t('clusters:capacity.noDataDomain')}</p>
      </Card>
    )
  }
  const { capacityBytes, allocationBytes, provisionedBytes, availableBytes } = storage
  const text = t('clusters:capacity.memoryUsed', {
    used: format.bytes(allocationBytes),
    memory: format.bytes(capacityBytes),
  })
  return (
    <Card
      title={title}
      aside={
        <button type="button" className="vd-cell-link" onClick={props.onShow}>
          {format.bytes(capacityBytes)}
        </button>
      }
    >
      <div className="vd-capacity__use">
        <Meter label={title} share={shareOf(allocationBytes, capacityBytes)} text={text} />
        <span className="vd-subtle">{text}</span>
      </div>
      <Facts
        facts={[
          [t('storage:space.free'), format.bytes(availableBytes)],
          [
            t('storage:space.provisioned'),
            t('storage:space.provisionedText', {
              bytes: format.bytes(provisionedBytes),
              percent: format.percent((provisionedBytes / capacityBytes) * 100),
            }),
          ],
        ]}
      />
    </Card>
  )
}

/** What is used of it now. */
function Use(props: {
  readonly label: string
  readonly share: ReturnType<typeof shareOf>
  readonly text: string
  readonly hasHosts: boolean
}) {
  const { t } = useTranslation()
  if (!props.hasHosts) return <p className="vd-subtle vd-card__text">{t('clusters:capacity.noHostUp')}</p>
  return (
    <div className="vd-capacity__use">
      <Meter label={props.label} share={props.share} text={props.text} />
      {props.share === null ? (
        <Unknown>{t('clusters:capacity.notTold')}</Unknown>
      ) : (
        <span className="vd-subtle">{props.text}</span>
      )}
    </div>
  )
}

/** What is promised to the VMs that run, and to all of them: beyond what there is, they cannot all have it at once. */
function Promised(props: {
  readonly running: string
  readonly runningOf: string | null
  readonly all: string
  readonly allOf: string | null
}) {
  const { t } = useTranslation()
  const beside = (share: string | null): ReactNode =>
    share === null ? null : <span className="vd-subtle"> · {t('clusters:capacity.ofPhysical', { share })}</span>
  return (
    <Facts
      facts={[
        [
          t('clusters:capacity.running'),
          <span key="running">
            {props.running}
            {beside(props.runningOf)}
          </span>,
        ],
        [
          t('clusters:capacity.committed'),
          <span key="all">
            {props.all}
            {beside(props.allOf)}
          </span>,
        ],
      ]}
    />
  )
}
