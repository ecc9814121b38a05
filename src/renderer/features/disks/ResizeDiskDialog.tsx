import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Disk, DiskId } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { parseSize, SizeField, splitSize } from '../../components/fields/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { useDialogCommand, useEntity } from '../../stores/index.ts'

/** Makes a disk larger. */
export function ResizeDiskDialog({ diskId }: { readonly diskId: DiskId }) {
  const disk = useEntity('disks', diskId)
  return disk === undefined ? null : <ResizeForm disk={disk} />
}

function ResizeForm({ disk }: { readonly disk: Disk }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = disk.virtualBytes ?? 0
  const [size, setSize] = useState(() => splitSize(now))
  const [isAsked, setAsked] = useState(false)
  const { isBusy, error, run } = useDialogCommand('disk.resize', disk.name)
  const sizeBytes = parseSize(size.text, size.unit)
  const problem = sizeBytes === null ? 'disks:form.sizeWrong' : sizeBytes <= now ? 'disks:resize.larger' : null
  return (
    <FormDialog
      title={t('disks:resize.title', { name: disk.name })}
      label={t('disks:resize.do')}
      busyLabel={t('disks:resize.busy')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => {
        setAsked(true)
        if (sizeBytes !== null && problem === null) void run({ diskId: disk.id, sizeBytes })
      }}
    >
      <p>{t('disks:resize.body', { size: format.bytes(now) })}</p>
      <SizeField value={size} onChange={setSize} error={isAsked ? problem : null} autoFocus />
    </FormDialog>
  )
}
