import type { TFunction } from 'i18next'
import type { Cluster } from '../../../shared/domain/index.ts'
import { Meter } from '../../components/Meter.tsx'
import { shareOf } from '../../components/share.ts'
import type { Column } from '../../components/table/index.ts'
import type { Format } from '../../i18n/index.ts'

/** What has hosts and VMs, and is filled by them: clusters and datacenters. */
type Holder = Pick<Cluster, 'name' | 'capacity' | 'population'>

/** How much of its processors and memory is used. */
export function buildCapacityColumns<Each extends Holder>(
  t: TFunction,
  format: Format,
  { meterWidth }: { readonly meterWidth: string },
): readonly Column<Each>[] {
  return [
    {
      id: 'cpu',
      title: t('clusters:column.cpu'),
      width: meterWidth,
      sortBy: ({ capacity }) => capacity.cpuUsedPercent,
      render: ({ capacity, name }) => (
        <Meter
          label={t('clusters:column.cpuOf', { name })}
          share={shareOf(capacity.cpuUsedPercent, 100)}
          text={t('clusters:capacity.cpuUsed', {
            percent: format.percent(capacity.cpuUsedPercent ?? 0),
            cpus: capacity.cpus,
          })}
        />
      ),
    },
    {
      id: 'memory',
      title: t('clusters:column.memory'),
      width: meterWidth,
      unit: '%',
      sortBy: ({ capacity }) => shareOf(capacity.memoryUsedKiB, capacity.memoryKiB)?.percent ?? null,
      render: ({ capacity, name }) => (
        <Meter
          label={t('clusters:column.memoryOf', { name })}
          share={shareOf(capacity.memoryUsedKiB, capacity.memoryKiB)}
          text={t('clusters:capacity.memoryUsed', {
            used: format.kib(capacity.memoryUsedKiB ?? 0),
            memory: format.kib(capacity.memoryKiB),
          })}
        />
      ),
    },
  ]
}

/** How many hosts and VMs it has. */
export function buildPopulationColumns<Each extends Holder>(t: TFunction, format: Format): readonly Column<Each>[] {
  return [
    {
      id: 'hosts',
      title: t('clusters:column.hosts'),
      align: 'end',
      sortBy: ({ population }) => population.hostCount,
      render: ({ population }) => format.number(population.hostCount),
    },
    {
      id: 'vms',
      title: t('clusters:column.vms'),
      align: 'end',
      sortBy: ({ population }) => population.vmCount,
      render: ({ population }) =>
        `${format.number(population.vmsByStatus.up ?? 0)} / ${format.number(population.vmCount)}`,
    },
  ]
}
