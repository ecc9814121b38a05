import { SearchInput } from '@patternfly/react-core'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostId, Vm, VmId } from '../../../shared/domain/index.ts'
import { ActionButton } from '../../components/ActionButton.tsx'
import { ColumnsIcon, EllipsisVIcon } from '../../components/icons.ts'
import { MenuButton } from '../../components/menu.tsx'
import { DataTable } from '../../components/table/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { readStored, showVm, useCollection, useCollections, writeStored } from '../../stores/index.ts'
import { openConsole } from './open-console.ts'
import { useVmActions } from './use-vm-actions.tsx'
import { useVmMenu, VmContextMenu } from './VmContextMenu.tsx'
import { buildVmColumns } from './vm-columns.tsx'
import { matchesQuery, parseQuery } from './vm-query.ts'

const keyOf = (vm: Vm) => vm.id

/** The VMs of one host, or of all: filter, sort, choose several and act on them at once. */
export function VmTable({
  hostId,
  initialQuery = '',
}: {
  readonly hostId: HostId | null
  readonly initialQuery?: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const vms = useCollection('vms')
  const hosts = useCollection('hosts').entities
  const hostIds = useMemo(() => (hostId === null ? [...hosts.keys()] : [hostId]), [hosts, hostId])
  const loads = useCollections('vm.load', hostIds)
  const [query, setQuery] = useState(initialQuery)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [shown, setShown] = useState<readonly string[]>(() => readStored<readonly string[]>('vmColumns', []))

  const hostName = useCallback((id: HostId) => hosts.get(id)?.name ?? '', [hosts])
  const columns = useMemo(() => buildVmColumns(t, format, hostName, loads), [t, format, hostName, loads])
  const visibleColumns = useMemo(
    () =>
      columns.filter(({ id, optional }) =>
        id === 'host' && hostId !== null ? false : optional === true ? shown.includes(id) : !shown.includes(`-${id}`),
      ),
    [columns, shown, hostId],
  )
  const rows = useMemo(() => {
    const conditions = parseQuery(query)
    return [...vms.entities.values()].filter(
      (vm) => (hostId === null || vm.hostId === hostId) && matchesQuery(vm, hostName(vm.hostId), conditions),
    )
  }, [vms.entities, hostId, hostName, query])
  const chosen = useMemo(() => rows.filter(({ id }) => selected.has(id)), [rows, selected])

  const toggleColumn = (id: string, optional: boolean) => {
    const word = optional ? id : `-${id}`
    const next = shown.includes(word) ? shown.filter((other) => other !== word) : [...shown, word]
    setShown(next)
    writeStored('vmColumns', next)
  }
  return (
    <section className="vd-list-page" aria-label={t('vms:table.label')}>
      <div className="vd-toolbar">
        <search className="vd-toolbar__search">
          <SearchInput
            aria-label={t('vms:table.filter')}
            placeholder={t('vms:table.filterHint')}
            value={query}
            onChange={(_event, value) => setQuery(value)}
            resetButtonLabel={t('common:clear')}
            onClear={() => setQuery('')}
          />
        </search>
        <span className="vd-toolbar__count" aria-live="polite">
          {chosen.length > 0
            ? t('common:table.selected', { count: chosen.length })
            : t('vms:bulk.machines', { count: rows.length })}
        </span>
        {chosen.length > 0 ? <BulkActions vms={chosen} /> : null}
        <span className="vd-toolbar__space" />
        <MenuButton
          plain
          label={<ColumnsIcon />}
          ariaLabel={t('common:table.columns')}
          entries={columns
            .filter(({ id }) => id !== 'name' && !(id === 'host' && hostId !== null))
            .map(({ id, title, optional }) => ({
              type: 'action' as const,
              id: `column.${id}`,
              label: title,
              checked: optional === true ? shown.includes(id) : !shown.includes(`-${id}`),
              run: () => toggleColumn(id, optional === true),
            }))}
        />
      </div>
      <DataTable
        label={t('vms:table.label')}
        storageKey="vms"
        wide
        columns={visibleColumns}
        rows={rows}
        rowKey={keyOf}
        initialSort={{ column: 'name', descending: false }}
        empty={
          vms.status === 'loading' ? t('common:loading') : query === '' ? t('vms:table.none') : t('vms:table.noMatch')
        }
        selection={{ selected, onChange: setSelected }}
        onOpen={(vm) => showVm(vm.id)}
        onDoubleClick={(vm) => openConsole(vm, 'graphics')}
        contextMenu={(keys) => (keys.length === 0 ? null : <VmContextMenu vmIds={keys as readonly VmId[]} />)}
      />
    </section>
  )
}

/** What can be done to the chosen VMs at once. */
function BulkActions({ vms }: { readonly vms: readonly Vm[] }) {
  const { t } = useTranslation()
  const actions = useVmActions(vms)
  const menu = useVmMenu(vms)
  return (
    <>
      {(['start', 'shutdown'] as const).map((id) => {
        const entry = actions.get(id)
        return entry === undefined ? null : (
          <ActionButton
            key={id}
            label={entry.label}
            icon={entry.icon}
            disabledReason={entry.disabledReason ?? null}
            onClick={entry.run}
          />
        )
      })}
      <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('vms:header.allActions')} entries={menu} />
    </>
  )
}
