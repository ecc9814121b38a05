import type { TFunction } from 'i18next'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { describeOperatingSystem, type Vm, type VmLoad } from '../../../shared/domain/index.ts'
import { Unknown } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column } from '../../components/table/index.ts'
import { type Format, useFormat } from '../../i18n/index.ts'
import { type NameOf, useNameOf } from '../../kinds/index.ts'
import { type EntityRef, showVm, useCollections, useEngine, useEntity, useEntityIds } from '../../stores/index.ts'
import { Tags } from './labels/Tags.tsx'
import { PendingMark } from './Pending.tsx'
import { describeVmStatus, vmTone } from './status.ts'

const NO_HOSTS: readonly string[] = []

/** The columns of VM lists. They sort by the load that is known; the cells follow their own VM's load. */
export function useVmColumns(): readonly Column<Vm>[] {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = useNameOf(['host', 'cluster'])
  const { collections } = useEngine()
  return useMemo(
    () =>
      buildVmColumns(t, format, nameOf, (vm) => collections.store('vm.load', vm.hostId).getState().entities.get(vm.id)),
    [t, format, nameOf, collections],
  )
}

/** Loads change all the time: they are followed while a list is sorted by them. */
export function useVmSortVersion(within: EntityRef | null, column: string): unknown {
  const allHosts = useEntityIds('hosts')
  const hosts = within?.kind === 'host' ? [within.id] : allHosts
  return useCollections('vm.load', column === 'cpu' || column === 'memoryUsed' ? hosts : NO_HOSTS)
}

function buildVmColumns(
  t: TFunction,
  format: Format,
  nameOf: NameOf,
  loadOf: (vm: Vm) => VmLoad | undefined,
): readonly Column<Vm>[] {
  const hostName = (vm: Vm) => nameOf({ kind: 'host', id: vm.hostId })
  const clusterName = (vm: Vm) => nameOf({ kind: 'cluster', id: vm.clusterId })
  return [
    {
      id: 'name',
      title: t('vms:column.name'),
      width: '20%',
      sortBy: (vm) => vm.name,
      render: (vm) => (
        <span className="vd-cell-name">
          <CellLink className={vm.stale ? 'vd-stale' : ''} onClick={() => showVm(vm.id)}>
            <Name>{vm.name}</Name>
          </CellLink>
          <PendingMark pending={vm.pending} />
        </span>
      ),
    },
    {
      id: 'status',
      title: t('vms:column.status'),
      width: '10.5rem',
      sortBy: (vm) => t(`vms:status.${vm.status}`),
      render: (vm) => (
        <span className={vm.stale ? 'vd-status vd-stale' : 'vd-status'} title={describeVmStatus(vm, t)}>
          <StatusMark tone={vmTone(vm)} /> {describeVmStatus(vm, t)}
        </span>
      ),
    },
    {
      id: 'host',
      title: t('vms:column.host'),
      sortBy: hostName,
      render: (vm) => <Name>{hostName(vm)}</Name>,
    },
    {
      id: 'cluster',
      title: t('vms:column.cluster'),
      sortBy: clusterName,
      render: (vm) => <Name>{clusterName(vm)}</Name>,
    },
    {
      id: 'cpu',
      title: t('vms:column.cpu'),
      width: '5rem',
      align: 'end',
      unit: '%',
      sortBy: (vm) => loadOf(vm)?.cpuPercent ?? null,
      render: (vm) => (
        <LoadCell vm={vm} render={({ cpuPercent }) => (cpuPercent === null ? null : format.percent(cpuPercent))} />
      ),
    },
    {
      id: 'memoryUsed',
      title: t('vms:column.memoryUsed'),
      width: '8.5rem',
      align: 'end',
      unit: 'KiB',
      sortBy: (vm) => loadOf(vm)?.memoryUsedKiB ?? null,
      render: (vm) => (
        <LoadCell
          vm={vm}
          render={(load) =>
            load.memoryUsedKiB === null ? null : renderMemory(format.kib(load.memoryUsedKiB), load, t)
          }
        />
      ),
    },
    {
      id: 'vcpus',
      title: t('vms:column.vcpus'),
      width: '5.5rem',
      align: 'end',
      sortBy: (vm) => vm.vcpus,
      render: (vm) => format.number(vm.vcpus),
    },
    {
      id: 'memory',
      title: t('vms:column.memory'),
      width: '6rem',
      align: 'end',
      unit: 'KiB',
      sortBy: (vm) => vm.memoryKiB,
      render: (vm) => format.kib(vm.memoryKiB),
    },
    {
      id: 'address',
      title: t('vms:column.address'),
      sortBy: (vm) => addressOf(vm),
      render: (vm) => addressOf(vm) ?? <Unknown />,
    },
    {
      id: 'autostart',
      title: t('vms:column.autostart'),
      optional: true,
      sortBy: (vm) => Number(vm.autostart),
      render: (vm) => (vm.autostart ? t('common:yes') : t('common:no')),
    },
    {
      id: 'os',
      title: t('vms:column.os'),
      optional: true,
      sortBy: ({ operatingSystem }) => (operatingSystem === null ? null : describeOperatingSystem(operatingSystem)),
      render: ({ operatingSystem }) =>
        operatingSystem === null ? <Unknown /> : describeOperatingSystem(operatingSystem),
    },
    {
      id: 'tags',
      title: t('vms:column.tags'),
      optional: true,
      sortBy: (vm) => vm.tags.join(', ') || null,
      render: (vm) => <Tags tags={vm.tags} />,
    },
    {
      id: 'folder',
      title: t('vms:column.folder'),
      optional: true,
      sortBy: (vm) => vm.folder,
      render: (vm) => (vm.folder === null ? null : <Name>{vm.folder}</Name>),
    },
    {
      id: 'id',
      title: t('vms:column.id'),
      optional: true,
      sortBy: (vm) => vm.id,
      render: (vm) => <code>{vm.id}</code>,
    },
  ]
}

function addressOf(vm: Vm): string | null {
  return vm.nics.flatMap((nic) => nic.addresses)[0] ?? null
}

/** What QEMU holds is not what the guest uses: it says so. */
function renderMemory(used: string, { memorySource }: VmLoad, t: TFunction): ReactNode {
  return memorySource === 'host' ? <span title={t('vms:plot.rssNote')}>{t('vms:plot.rss', { used })}</span> : used
}

function LoadCell({ vm, render }: { readonly vm: Vm; readonly render: (load: VmLoad) => ReactNode }) {
  const load = useEntity('vm.load', vm.id, vm.hostId)
  const value = load === undefined ? null : render(load)
  return value === null ? <Unknown /> : <span className={vm.stale ? 'vd-stale' : undefined}>{value}</span>
}
