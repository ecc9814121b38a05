import type { TFunction } from 'i18next'
import type { HostId, Vm, VmLoad } from '../../../shared/domain/index.ts'
import { StatusMark } from '../../components/StatusMark.tsx'
import type { Column } from '../../components/table/index.ts'
import type { Format } from '../../i18n/index.ts'
import { showVm, useEntity } from '../../stores/index.ts'
import { vmTone } from './status.ts'

/** The columns of VM lists. `loads` is for sorting; the cells follow their own VM's load. */
export function buildVmColumns(
  t: TFunction,
  format: Format,
  hostName: (id: HostId) => string,
  loads: ReadonlyMap<string, VmLoad>,
): readonly Column<Vm>[] {
  return [
    {
      id: 'name',
      title: t('vms:column.name'),
      width: '20%',
      sortBy: (vm) => vm.name,
      render: (vm) => (
        <button
          type="button"
          tabIndex={-1}
          className={vm.stale ? 'vd-cell-link vd-stale' : 'vd-cell-link'}
          onClick={() => showVm(vm.id)}
        >
          {vm.name}
        </button>
      ),
    },
    {
      id: 'status',
      title: t('vms:column.status'),
      width: '9rem',
      sortBy: (vm) => t(`vms:status.${vm.status}`),
      render: (vm) => (
        <span className={vm.stale ? 'vd-status vd-stale' : 'vd-status'}>
          <StatusMark tone={vmTone(vm)} /> {t(`vms:status.${vm.status}`)}
        </span>
      ),
    },
    {
      id: 'host',
      title: t('vms:column.host'),
      sortBy: (vm) => hostName(vm.hostId),
      render: (vm) => hostName(vm.hostId),
    },
    {
      id: 'cpu',
      title: t('vms:column.cpu'),
      width: '5rem',
      align: 'end',
      sortBy: (vm) => loads.get(vm.id)?.cpuPercent ?? null,
      render: (vm) => (
        <LoadCell vm={vm} pick={(load) => (load.cpuPercent === null ? null : format.percent(load.cpuPercent))} />
      ),
    },
    {
      id: 'memoryUsed',
      title: t('vms:column.memoryUsed'),
      width: '8.5rem',
      align: 'end',
      sortBy: (vm) => loads.get(vm.id)?.memoryUsedKiB ?? null,
      render: (vm) => (
        <LoadCell vm={vm} pick={(load) => (load.memoryUsedKiB === null ? null : format.kib(load.memoryUsedKiB))} />
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
      sortBy: (vm) => vm.memoryKiB,
      render: (vm) => format.kib(vm.memoryKiB),
    },
    {
      id: 'address',
      title: t('vms:column.address'),
      sortBy: (vm) => addressOf(vm),
      render: (vm) => addressOf(vm) ?? '—',
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
      sortBy: (vm) => vm.operatingSystem,
      render: (vm) => vm.operatingSystem ?? '—',
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

function LoadCell({ vm, pick }: { readonly vm: Vm; readonly pick: (load: VmLoad) => string | null }) {
  const load = useEntity('vm.load', vm.id, vm.hostId)
  const text = load === undefined ? null : pick(load)
  return <span className={vm.stale ? 'vd-stale' : undefined}>{text ?? '—'}</span>
}
