import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Datacenter, HostId, NetworkId, VmId } from '../../../shared/domain/index.ts'
import { ActionButton } from '../../components/ActionButton.tsx'
import { formatPlace, useCollection } from '../../stores/index.ts'
import { decideTopology, type Topology } from './decide-topology.ts'
import { savePng, saveSvg } from './save-picture.ts'

/** A picture of a datacenter: its networks, the hosts that have them, and the machines in them. Each is a link. */
export function TopologyTab({ datacenter }: { readonly datacenter: Datacenter }) {
  const { t } = useTranslation()
  const picture = useRef<SVGSVGElement>(null)
  const topology = useTopology(datacenter)
  const save = (how: (svg: SVGSVGElement, name: string) => unknown) => () => {
    if (picture.current !== null) void how(picture.current, `${datacenter.name}-networks`)
  }
  const isEmpty = topology.hosts.length === 0
  const reason = isEmpty ? t('networks:topology.none') : null
  return (
    <div className="vd-topology">
      <div className="vd-topology__actions">
        <ActionButton label={t('networks:topology.saveSvg')} disabledReason={reason} onClick={save(saveSvg)} />
        <ActionButton label={t('networks:topology.savePng')} disabledReason={reason} onClick={save(savePng)} />
        <span className="vd-subtle">{t(isEmpty ? 'networks:topology.none' : 'networks:topology.about')}</span>
      </div>
      <section className="vd-topology__scroller" aria-label={t('networks:topology.title')}>
        <svg
          ref={picture}
          className="vd-topology__picture"
          viewBox={`0 0 ${topology.width} ${topology.height}`}
          width={topology.width}
          height={topology.height}
        >
          <title>{`${datacenter.name}: ${t('networks:topology.title')}`}</title>
          <Lines topology={topology} />
          <Things topology={topology} />
        </svg>
      </section>
    </div>
  )
}

function useTopology({ id }: Datacenter): Topology {
  const networks = useCollection('networks').entities
  const clusters = useCollection('clusters').entities
  const hosts = useCollection('hosts').entities
  const vms = useCollection('vms').entities
  return useMemo(() => {
    const inside = new Set(
      [...clusters.values()].flatMap((cluster) => (cluster.datacenterId === id ? [cluster.id] : [])),
    )
    return decideTopology(
      [...networks.values()].filter(({ datacenterId }) => datacenterId === id),
      [...hosts.values()].filter(({ clusterId }) => inside.has(clusterId)),
      [...vms.values()].filter(({ clusterId }) => inside.has(clusterId)),
    )
  }, [networks, clusters, hosts, vms, id])
}

function Lines({ topology: { width, height, headHeight, networks, hosts } }: { readonly topology: Topology }) {
  return (
    <>
      {hosts.map(({ id, y }) => (
        <line key={id} className="vd-topology__row" x1={0} x2={width} y1={y} y2={y} />
      ))}
      {networks.map(({ id, x }) => (
        <line key={id} className="vd-topology__network" x1={x} x2={x} y1={headHeight - 8} y2={height} />
      ))}
    </>
  )
}

function Things({ topology }: { readonly topology: Topology }) {
  const { t } = useTranslation()
  const { networks, hosts, joints, machines, more, squareSize } = topology
  const words = (name: string) => (name.length > 22 ? `${name.slice(0, 21)}…` : name)
  return (
    <>
      {networks.map(({ id, name, vlanId, x }) => (
        <a key={id} href={placeOf('network', id)}>
          <title>{name}</title>
          <text className="vd-topology__name" x={x} y={16}>
            {words(name)}
          </text>
          <text className="vd-topology__about" x={x} y={32}>
            {vlanId === null ? '' : t('networks:vlan.id', { vlanId })}
          </text>
        </a>
      ))}
      {hosts.map(({ id, name, status, y, height }) => (
        <a key={id} href={placeOf('host', id)} data-status={status}>
          <title>{`${name} · ${t(`hosts:status.${status}`)}`}</title>
          <text className="vd-topology__name" x={8} y={y + height / 2 + 4}>
            {words(name)}
          </text>
        </a>
      ))}
      {joints.map(({ hostId, networkId, kind, x, y }) => (
        <a key={`${hostId} ${networkId}`} href={placeOf('host', hostId, 'networks')}>
          <title>{t(`networks:topology.${kind}`)}</title>
          <circle className={`vd-topology__joint vd-topology__joint--${kind}`} cx={x} cy={y} r={5} />
        </a>
      ))}
      {machines.map(({ id, networkId, name, isRunning, x, y }) => (
        <a key={`${id} ${networkId}`} href={placeOf('vm', id)}>
          <title>{name}</title>
          <rect
            className={isRunning ? 'vd-topology__vm vd-topology__vm--up' : 'vd-topology__vm'}
            x={x}
            y={y}
            width={squareSize}
            height={squareSize}
            rx={2}
          />
        </a>
      ))}
      {more.map(({ key, count, x, y }) => (
        <text key={key} className="vd-topology__about" x={x} y={y + squareSize}>
          {t('networks:topology.more', { count })}
        </text>
      ))}
    </>
  )
}

function placeOf(kind: 'network' | 'host' | 'vm', id: NetworkId | HostId | VmId, tab = 'summary'): string {
  return formatPlace({ kind, id, tab } as Parameters<typeof formatPlace>[0])
}
