import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, HostPool } from '../../../shared/domain/index.ts'
import { Card, Unknown } from '../../components/Card.tsx'
import { compareTexts } from '../../components/compare-texts.ts'
import { Name } from '../../components/Name.tsx'
import { PlainTable } from '../../components/PlainTable.tsx'
import { StaleAge } from '../../components/StatusLabel.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useFormat } from '../../i18n/index.ts'
import { showEntity, useCollection } from '../../stores/index.ts'

/** The storage pools of a host's own libvirt, with their volumes. Those of storage domains are named as such: their disks are shown there. */
export function HostPools({ host }: { readonly host: Pick<Host, 'id' | 'stale'> }) {
  const { entities } = useCollection('host.pools', host.id)
  const pools = useMemo(() => [...entities.values()].sort((a, b) => compareTexts(a.name, b.name)), [entities])
  const [first] = pools
  if (first === undefined) return null
  return (
    <>
      {host.stale ? <StaleAge asOf={first.asOf} /> : null}
      <PoolsCard pools={pools} />
      {pools
        .filter(({ storageDomain, volumes }) => storageDomain === null && volumes.length > 0)
        .map((pool) => (
          <VolumesCard key={pool.id} pool={pool} />
        ))}
    </>
  )
}

function PoolsCard({ pools }: { readonly pools: readonly HostPool[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const heads = ['name', 'status', 'type', 'path', 'free', 'volumes', 'domain'] as const
  const rows = pools.map((pool) => ({
    key: pool.id,
    cells: [
      <Name key="name">{pool.name}</Name>,
      <span key="status" className="vd-status">
        <StatusMark tone={pool.isActive ? 'ok' : 'off'} />{' '}
        {t(pool.isActive ? 'local:pools.active' : 'local:pools.stopped')}
      </span>,
      pool.type,
      pool.path ?? <Unknown key="path" />,
      pool.availableBytes === null || pool.capacityBytes === null ? (
        <Unknown key="free" />
      ) : (
        t('local:pools.of', { free: format.bytes(pool.availableBytes), capacity: format.bytes(pool.capacityBytes) })
      ),
      format.number(pool.volumeCount),
      <DomainLink key="domain" domain={pool.storageDomain} />,
    ],
  }))
  return (
    <Card title={t('local:pools.title')}>
      <PlainTable
        label={t('local:pools.title')}
        heads={heads.map((head) => t(`local:pools.column.${head}`))}
        rows={rows}
      />
    </Card>
  )
}

function DomainLink({ domain }: { readonly domain: HostPool['storageDomain'] }) {
  if (domain === null) return <Unknown />
  return (
    <button type="button" className="vd-cell-link" onClick={() => showEntity('storage-domain', domain.id)}>
      <Name>{domain.name}</Name>
    </button>
  )
}

function VolumesCard({ pool }: { readonly pool: HostPool }) {
  const { t } = useTranslation()
  const format = useFormat()
  const bytes = (value: number | null) => (value === null ? <Unknown /> : format.bytes(value))
  const heads = ['name', 'format', 'size', 'taken', 'machines'] as const
  const rows = pool.volumes.map((volume) => ({
    key: volume.name,
    cells: [
      <Name key="name" {...(volume.path === null ? {} : { whole: volume.path })}>
        {volume.name}
      </Name>,
      volume.format ?? <Unknown key="format" />,
      bytes(volume.capacityBytes),
      bytes(volume.allocatedBytes),
      volume.usedBy.length === 0 ? <Unknown key="machines" /> : volume.usedBy.map(({ name }) => name).join(', '),
    ],
  }))
  const rest = pool.volumeCount - pool.volumes.length
  const title = t('local:pools.volumesOf', { name: pool.name })
  return (
    <Card title={title} aside={rest > 0 ? t('common:andMore', { count: rest }) : undefined}>
      <PlainTable label={title} heads={heads.map((head) => t(`local:pools.volume.${head}`))} rows={rows} />
    </Card>
  )
}
