import { Button, Progress, ProgressMeasureLocation } from '@patternfly/react-core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { PauseIcon, PlayIcon, TimesIcon } from '../../../components/icons.ts'
import { Name } from '../../../components/Name.tsx'
import { StatusMark, type Tone } from '../../../components/StatusMark.tsx'
import { CellLink, type Column, DataTable } from '../../../components/table/index.ts'
import { describeCause, useFormat } from '../../../i18n/index.ts'
import { useNameOf } from '../../../kinds/index.ts'
import { showEntity, useEngine } from '../../../stores/index.ts'
import { findTransferTask } from './find-transfer-task.ts'
import { remainingMs } from './pace.ts'
import { cancelTransfer, pauseTransfer, resumeTransfer } from './run-transfer.ts'
import { dropQueued } from './start-upload.ts'
import {
  clearEnded,
  isUnderWay,
  type Transfer,
  type TransferPhase,
  type TransferPlace,
  useTransfers,
} from './transfer-store.ts'

const TONES: Readonly<Record<TransferPhase, Tone>> = {
  queued: 'off',
  moving: 'moving',
  paused: 'paused',
  interrupted: 'warning',
  finishing: 'moving',
  sent: 'ok',
  done: 'ok',
  failed: 'bad',
  cancelled: 'off',
}

const keyOf = ({ id }: Transfer) => id

function showPlace({ kind, id }: TransferPlace): void {
  showEntity(kind, id, kind === 'host' ? 'storage' : 'disks')
}

/** The files that go between this computer and storage, with what can be done to each. */
export function TransferList() {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = useNameOf(['storage-domain', 'host'])
  const rows = useTransfers()
  const columns = useMemo<readonly Column<Transfer>[]>(
    () => [
      {
        id: 'file',
        title: t('disks:transfer.file'),
        width: '26%',
        sortBy: ({ fileName }) => fileName,
        render: ({ fileName, diskId }) =>
          diskId === null ? (
            <Name>{fileName}</Name>
          ) : (
            <CellLink onClick={() => showEntity('disk', diskId)}>
              <Name>{fileName}</Name>
            </CellLink>
          ),
      },
      {
        id: 'domain',
        title: t('disks:transfer.place'),
        width: '14%',
        sortBy: ({ place }) => nameOf(place),
        render: ({ direction, place }) => (
          <CellLink onClick={() => showPlace(place)}>
            <span aria-hidden="true">{direction === 'upload' ? '→ ' : '← '}</span>
            <Name>{nameOf(place)}</Name>
          </CellLink>
        ),
      },
      {
        id: 'progress',
        title: t('common:task.column.progress'),
        width: '18%',
        render: (transfer) => <TransferProgress transfer={transfer} />,
      },
      {
        id: 'now',
        title: t('common:task.column.now'),
        render: (transfer) => <TransferNow transfer={transfer} />,
      },
      {
        id: 'size',
        title: t('disks:column.size'),
        width: '6rem',
        align: 'end',
        sortBy: ({ totalBytes }) => totalBytes,
        render: ({ totalBytes }) => format.bytes(totalBytes),
      },
      { id: 'actions', title: '', width: '5.5rem', render: (transfer) => <TransferActions transfer={transfer} /> },
    ],
    [t, format, nameOf],
  )
  return (
    <div className="vd-transfers">
      <DataTable
        label={t('disks:transfer.label')}
        storageKey="transfers"
        columns={columns}
        rows={rows}
        rowKey={keyOf}
        initialSort={{ column: 'file', descending: false }}
        empty={t('disks:transfer.none')}
        onOpen={({ diskId, place }) => (diskId === null ? showPlace(place) : showEntity('disk', diskId))}
      />
      {rows.some((transfer) => !isUnderWay(transfer)) ? (
        <Button variant="link" size="sm" onClick={clearEnded}>
          {t('disks:transfer.clear')}
        </Button>
      ) : null}
    </div>
  )
}

function TransferProgress({ transfer }: { readonly transfer: Transfer }) {
  const { t } = useTranslation()
  const { phase, doneBytes, totalBytes, fileName } = transfer
  if (phase !== 'moving' && phase !== 'paused' && phase !== 'interrupted') {
    return (
      <span className="vd-status" data-phase={phase}>
        <StatusMark tone={TONES[phase]} /> {t(`disks:phase.${phase}`)}
      </span>
    )
  }
  return (
    <span data-phase={phase}>
      <Progress
        className="vd-progress"
        size="sm"
        value={totalBytes === 0 ? 100 : Math.floor((doneBytes / totalBytes) * 100)}
        measureLocation={ProgressMeasureLocation.outside}
        aria-label={t('disks:transfer.progressOf', { name: fileName })}
      />
    </span>
  )
}

/** How fast it goes and how long it will, or why it does not. */
function TransferNow({ transfer }: { readonly transfer: Transfer }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { phase, error, doneBytes, totalBytes, bytesPerSecond } = transfer
  if (error !== null) {
    const cause = describeCause(error, t)
    return <span title={cause}>{cause}</span>
  }
  if (phase === 'paused' || phase === 'interrupted') return t(`disks:phase.${phase}`)
  if (phase !== 'moving') return null
  const rest = remainingMs(doneBytes, totalBytes, bytesPerSecond)
  return [
    format.bytes(doneBytes),
    bytesPerSecond === null ? '' : format.rate(bytesPerSecond),
    rest === null ? '' : t('disks:transfer.remaining', { time: format.duration(rest) }),
  ]
    .filter((text) => text !== '')
    .join(' · ')
}

function TransferActions({ transfer }: { readonly transfer: Transfer }) {
  const { t } = useTranslation()
  const { client, collections } = useEngine()
  const { id, phase, fileName } = transfer
  if (!isUnderWay(transfer)) return null
  const isHeld = phase === 'paused'
  const cancel = () => {
    if (phase === 'queued') dropQueued(id)
    else
      void cancelTransfer(
        client,
        id,
        findTransferTask(collections.store('tasks').getState().entities.values(), transfer),
      )
  }
  return (
    <>
      {phase === 'queued' || phase === 'finishing' ? null : (
        <Button
          variant="plain"
          size="sm"
          icon={isHeld ? <PlayIcon /> : <PauseIcon />}
          aria-label={t(isHeld ? 'disks:transfer.resume' : 'disks:transfer.pause', { name: fileName })}
          onClick={() => (isHeld ? resumeTransfer(id) : pauseTransfer(id))}
        />
      )}
      <Button
        variant="plain"
        size="sm"
        icon={<TimesIcon />}
        aria-label={t('disks:transfer.cancel', { name: fileName })}
        onClick={cancel}
      />
    </>
  )
}
