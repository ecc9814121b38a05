import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { StorageDomain, VmId } from '../../../shared/domain/index.ts'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column, DataTable } from '../../components/table/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { showVm, useCollection } from '../../stores/index.ts'

interface MachineRow {
  readonly id: VmId
  readonly name: string
  readonly isRunning: boolean
  readonly disks: readonly string[]
  /** Null: of one of them nobody knows. */
  readonly virtualBytes: number | null
}

const keyOf = ({ id }: MachineRow) => id

/** The machines that have a disk in this domain, or a medium of it inserted. */
export function DomainMachines({ domain: { id } }: { readonly domain: Pick<StorageDomain, 'id'> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities, status } = useCollection('disks')
  const rows = useMemo(() => {
    const machines = new Map<string, MachineRow>()
    for (const disk of entities.values()) {
      if (disk.storageDomainId !== id) continue
      for (const { vmId, name, running } of disk.usedBy) {
        const known = machines.get(vmId)
        const sum = known === undefined ? 0 : known.virtualBytes
        machines.set(vmId, {
          id: vmId,
          name,
          isRunning: running,
          disks: [...(known?.disks ?? []), disk.name],
          virtualBytes: sum === null || disk.virtualBytes === null ? null : sum + disk.virtualBytes,
        })
      }
    }
    return [...machines.values()]
  }, [entities, id])
  const columns = useMemo<readonly Column<MachineRow>[]>(
    () => [
      {
        id: 'name',
        title: t('storage:vms.name'),
        width: '30%',
        sortBy: ({ name }) => name,
        render: (row) => (
          <CellLink onClick={() => showVm(row.id)}>
            <Name>{row.name}</Name>
          </CellLink>
        ),
      },
      {
        id: 'running',
        title: t('storage:column.status'),
        width: '15%',
        sortBy: ({ isRunning }) => (isRunning ? 0 : 1),
        render: ({ isRunning }) => (
          <span className="vd-status">
            <StatusMark tone={isRunning ? 'ok' : 'off'} /> {t(isRunning ? 'disks:use.running' : 'disks:use.down')}
          </span>
        ),
      },
      {
        id: 'disks',
        title: t('storage:column.disks'),
        sortBy: ({ disks }) => disks.length,
        render: ({ disks }) => <Name>{disks.toSorted().join(', ')}</Name>,
      },
      {
        id: 'size',
        title: t('disks:column.size'),
        align: 'end',
        width: '12%',
        sortBy: ({ virtualBytes }) => virtualBytes,
        render: ({ virtualBytes }) => (virtualBytes === null ? '—' : format.bytes(virtualBytes)),
      },
    ],
    [t, format],
  )
  return (
    <DataTable
      label={t('storage:tab.vms')}
      storageKey="domain-machines"
      columns={columns}
      rows={rows}
      rowKey={keyOf}
      initialSort={{ column: 'name', descending: false }}
      empty={status === 'loading' ? t('common:loading') : t('storage:vms.none')}
      onOpen={(row) => showVm(row.id)}
    />
  )
}
