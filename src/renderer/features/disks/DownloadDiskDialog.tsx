import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Disk, DiskId } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { closeDialog, setDock, useEngineClient, useEntity } from '../../stores/index.ts'
import { canStreamToFile, chooseFileTarget, MEMORY_LIMIT_BYTES, startDownload } from './transfers/index.ts'

/** Asks where a disk is to be kept on this computer, and fetches it. */
export function DownloadDiskDialog({ diskId }: { readonly diskId: DiskId }) {
  const disk = useEntity('disks', diskId)
  return disk === undefined ? null : <DownloadForm disk={disk} />
}

function DownloadForm({ disk }: { readonly disk: Disk }) {
  const { t } = useTranslation()
  const format = useFormat()
  const client = useEngineClient()
  const [isBusy, setBusy] = useState(false)
  const size = disk.virtualBytes ?? disk.allocatedBytes
  const isTooLarge = !canStreamToFile() && (size === null || size > MEMORY_LIMIT_BYTES)
  const download = async () => {
    setBusy(true)
    const target = await chooseFileTarget(disk.fileName)
    setBusy(false)
    if (target === null) return
    closeDialog()
    setDock({ dockTab: 'transfers', dockOpen: true })
    void startDownload(client, disk, target)
  }
  return (
    <FormDialog
      title={t('disks:download.title', { name: disk.name })}
      label={t('disks:download.do')}
      isBusy={isBusy}
      isDisabled={isTooLarge}
      error={null}
      onSubmit={() => void download()}
    >
      <p>{t('disks:download.body', { file: disk.fileName, size: size === null ? '—' : format.bytes(size) })}</p>
      {isTooLarge ? (
        <p role="alert">
          {t('disks:download.tooLarge', { limit: format.bytes(MEMORY_LIMIT_BYTES) })}{' '}
          <code className="vd-break">{`virtdeck download ${disk.id} ${disk.fileName}`}</code>
        </p>
      ) : null}
    </FormDialog>
  )
}
