import { Label } from '@patternfly/react-core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Vm, VmSnapshot } from '../../../../shared/domain/index.ts'
import { ActionButton } from '../../../components/ActionButton.tsx'
import { Card } from '../../../components/Card.tsx'
import { EmptyPage } from '../../../components/EmptyPage.tsx'
import { EllipsisVIcon } from '../../../components/icons.ts'
import { MenuButton } from '../../../components/menu.tsx'
import { Name } from '../../../components/Name.tsx'
import { PlainTable } from '../../../components/PlainTable.tsx'
import { useFormat } from '../../../i18n/index.ts'
import { openDialog, useCollection } from '../../../stores/index.ts'
import { decideTree } from './snapshot-tree.ts'

/** A machine's snapshots as a tree, and what can be done with them. */
export function VmSnapshots({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const { entities } = useCollection('snapshots', vm.id)
  const lines = useMemo(() => decideTree(entities.values()), [entities])
  const take = (
    <ActionButton
      label={t('vms:snapshots.take')}
      disabledReason={vm.stale ? t('vms:hostAway') : null}
      onClick={() => openDialog({ kind: 'take-snapshot', vmId: vm.id })}
    />
  )
  if (lines.length === 0) {
    return <EmptyPage title={t('vms:snapshots.none')} body={t('vms:snapshots.noneAbout')} actions={take} />
  }
  const heads = (['name', 'taken', 'kind', 'size', 'description', 'actions'] as const).map((column) =>
    t(`vms:snapshots.column.${column}`),
  )
  return (
    <Card title={t('vms:snapshots.title', { count: lines.length })} aside={take}>
      <PlainTable
        label={t('vms:snapshots.list')}
        heads={heads}
        rows={lines.map(({ snapshot, depth }) => ({
          key: snapshot.id,
          cells: [
            <span key="name" style={{ paddingInlineStart: `${Math.min(depth, 16)}rem` }}>
              <Name>{snapshot.name}</Name>{' '}
              {snapshot.isCurrent ? <Label isCompact>{t('vms:snapshots.current')}</Label> : null}
            </span>,
            <Taken key="taken" snapshot={snapshot} />,
            <Kind key="kind" snapshot={snapshot} />,
            <Size key="size" snapshot={snapshot} />,
            snapshot.description ?? '',
            <SnapshotMenu key="actions" vm={vm} snapshot={snapshot} />,
          ],
        }))}
      />
    </Card>
  )
}

interface CellProps {
  readonly snapshot: VmSnapshot
}

function Taken({ snapshot: { createdAt } }: CellProps) {
  const format = useFormat()
  return createdAt === null ? null : <time title={format.dateTime(createdAt)}>{format.time(createdAt)}</time>
}

function Kind({ snapshot: { kind, hasMemory, state } }: CellProps) {
  const { t } = useTranslation()
  const words = [
    kind === null ? null : t(`vms:snapshots.kind.${kind}`),
    hasMemory
      ? t('vms:snapshots.withMemory')
      : state === null
        ? null
        : t(`vms:snapshots.state.${state}`, { defaultValue: state }),
  ]
  return <>{words.filter((word) => word !== null).join(' · ')}</>
}

function Size({ snapshot: { sizeBytes } }: CellProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return sizeBytes === null ? (
    <span className="vd-subtle">{t('vms:snapshots.unknownSize')}</span>
  ) : (
    format.bytes(sizeBytes)
  )
}

function SnapshotMenu({ vm, snapshot }: CellProps & { readonly vm: Vm }) {
  const { t } = useTranslation()
  const about = { vmId: vm.id, snapshotId: snapshot.id }
  return (
    <MenuButton
      plain
      label={<EllipsisVIcon />}
      ariaLabel={`${t('vms:snapshots.column.actions')}: ${snapshot.name}`}
      entries={[
        {
          type: 'action',
          id: 'vm.snapshot-revert',
          label: t('vms:snapshots.revert'),
          run: () => openDialog({ kind: 'revert-snapshot', ...about }),
        },
        {
          type: 'action',
          id: 'vm.snapshot-edit',
          label: t('vms:snapshots.edit'),
          run: () => openDialog({ kind: 'edit-snapshot', ...about }),
        },
        {
          type: 'action',
          id: 'vm.snapshot-remove',
          label: t('vms:snapshots.remove'),
          danger: true,
          run: () => openDialog({ kind: 'remove-snapshot', ...about }),
        },
      ]}
    />
  )
}
