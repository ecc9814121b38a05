import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, HostPool } from '../../../shared/domain/index.ts'
import { ActionButton } from '../../components/ActionButton.tsx'
import { Card, Unknown } from '../../components/Card.tsx'
import { compareTexts } from '../../components/compare-texts.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { EllipsisVIcon, PlusIcon } from '../../components/icons.ts'
import { MenuButton } from '../../components/menu.tsx'
import { Name } from '../../components/Name.tsx'
import { PlainTable } from '../../components/PlainTable.tsx'
import { StaleAge } from '../../components/StatusLabel.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useFormat } from '../../i18n/index.ts'
import { openDialog, showEntity, useCollection, useConnection } from '../../stores/index.ts'
import { usePoolEntries } from './use-pool-entries.ts'

/** The storage pools of a host's own libvirt, with their volumes. Those of storage domains are named as such: their disks are shown there. */
export function HostPools({ host }: { readonly host: Pick<Host, 'id' | 'stale'> }) {
  const { t } = useTranslation()
  const { entities, error, status } = useCollection('host.pools', host.id)
  const isOpen = useConnection() === 'open'
  const pools = useMemo(() => [...entities.values()].sort((a, b) => compareTexts(a.name, b.name)), [entities])
  if (error !== null) return <ErrorDetails error={error} />
  if (status === 'loading') return null
  const [first] = pools
  const off = isOpen && !host.stale ? null : t('local:networks.away')
  return (
    <>
      {host.stale && first !== undefined ? <StaleAge asOf={first.asOf} /> : null}
      <PoolsCard host={host} pools={pools} off={off} />
      {pools
        .filter(({ storageDomain, isActive }) => storageDomain === null && isActive)
        .map((pool) => (
          <VolumesCard key={pool.id} host={host} pool={pool} off={off} />
        ))}
    </>
  )
}

interface PartProps {
  readonly host: Pick<Host, 'id'>
  /** Why nothing can be done now. */
  readonly off: string | null
}

function PoolsCard({ host, pools, off }: PartProps & { readonly pools: readonly HostPool[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { poolEntries } = usePoolEntries(host, off)
  const heads = ['name', 'status', 'type', 'path', 'free', 'volumes', 'starts', 'domain', 'actions'] as const
  const rows = pools.map((pool) => ({
    key: pool.id,
    cells: [
      <Name key="name">{pool.name}</Name>,
      <span key="status" className="vd-status" data-pool-state={pool.isActive ? 'active' : 'stopped'}>
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
      pool.storageDomain === null ? (
        t(pool.autostart ? 'local:networks.withHost' : 'local:networks.byHand')
      ) : (
        <Unknown key="starts" />
      ),
      <DomainLink key="domain" domain={pool.storageDomain} />,
      <MenuButton
        key="actions"
        plain
        label={<EllipsisVIcon />}
        ariaLabel={t('local:networks.actionsOf', { name: pool.name })}
        entries={poolEntries(pool)}
      />,
    ],
  }))
  return (
    <Card
      title={t('local:pools.title')}
      aside={
        <ActionButton
          label={t('local:pools.create')}
          icon={<PlusIcon />}
          disabledReason={off}
          onClick={() => openDialog({ kind: 'create-host-pool', hostId: host.id })}
        />
      }
    >
      {pools.length === 0 ? (
        <p className="vd-subtle vd-card__text">{t('local:pools.none')}</p>
      ) : (
        <PlainTable
          label={t('local:pools.title')}
          heads={heads.map((head) => t(`local:pools.column.${head}`))}
          rows={rows}
        />
      )}
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

function VolumesCard({ host, pool, off }: PartProps & { readonly pool: HostPool }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { volumeEntries } = usePoolEntries(host, off)
  const bytes = (value: number | null) => (value === null ? <Unknown /> : format.bytes(value))
  const heads = ['name', 'format', 'size', 'taken', 'machines', 'actions'] as const
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
      <MenuButton
        key="actions"
        plain
        label={<EllipsisVIcon />}
        ariaLabel={t('local:networks.actionsOf', { name: volume.name })}
        entries={volumeEntries(pool, volume)}
      />,
    ],
  }))
  const rest = pool.volumeCount - pool.volumes.length
  const title = t('local:pools.volumesOf', { name: pool.name })
  return (
    <Card
      title={title}
      aside={
        <>
          {rest > 0 ? t('common:andMore', { count: rest }) : null}
          <ActionButton
            label={t('local:pools.createVolume')}
            icon={<PlusIcon />}
            disabledReason={off}
            onClick={() => openDialog({ kind: 'create-host-volume', hostId: host.id, poolId: pool.id })}
          />
        </>
      }
    >
      {pool.volumes.length === 0 ? (
        <p className="vd-subtle vd-card__text">{t('local:pools.empty')}</p>
      ) : (
        <PlainTable label={title} heads={heads.map((head) => t(`local:pools.volume.${head}`))} rows={rows} />
      )}
    </Card>
  )
}
