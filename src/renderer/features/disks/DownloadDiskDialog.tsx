import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DiskId } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { closeDialog, setDock, useEngineClient, useEntity } from '../../stores/index.ts'
import {
  canStreamToFile,
  chooseFileTarget,
  type DownloadSource,
  MEMORY_LIMIT_BYTES,
  startDownload,
} from './transfers/index.ts'

/** Asks where a disk is to be kept on this computer, and fetches it. */
export function DownloadDiskDialog({ diskId }: { readonly diskId: DiskId }) {
  const disk = useEntity('disks', diskId)
  if (disk === undefined) return null
  const { id, name, fileName, virtualBytes, allocatedBytes } = disk
  const cli = `virtdeck download ${id} ${fileName}`
  return <DownloadForm {...{ name, fileName, cli }} size={virtualBytes ?? allocatedBytes} source={{ disk }} />
}

/** The same of anything that can be fetched; `cli`: the command line that does it. */
export function DownloadForm(props: {
  readonly name: string
  readonly fileName: string
  /** Bytes; null: nobody knows. */
  readonly size: number | null
  readonly cli: string
  readonly source: DownloadSource
}) {
  const { name, fileName, size, cli, source } = props
  const { t } = useTranslation()
  const format = useFormat()
  const client = useEngineClient()
  const [isBusy, setBusy] = useState(false)
  const isTooLarge = !canStreamToFile() && (size === null || size > MEMORY_LIMIT_BYTES)
  const download = async () => {
    setBusy(true)
    const target = await chooseFileTarget(fileName)
    setBusy(false)
    if (target === null) return
    closeDialog()
    setDock({ dockTab: 'transfers', dockOpen: true })
    void startDownload(client, source, target)
  }
  return (
    <FormDialog
      title={t('disks:download.title', { name })}
      label={t('disks:download.do')}
      isBusy={isBusy}
      isDisabled={isTooLarge}
      error={null}
      onSubmit={() => void download()}
    >
      <p>{t('disks:download.body', { file: fileName, size: size === null ? '—' : format.bytes(size) })}</p>
      {isTooLarge ? (
        <p role="alert">
          {t('disks:download.tooLarge', { limit: format.bytes(MEMORY_LIMIT_BYTES) })}{' '}
          <code className="vd-break">{cli}</code>
        </p>
      ) : null}
    </FormDialog>
  )
}
