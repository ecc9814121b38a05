import { Button, FormGroup, TextInput } from '@patternfly/react-core'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type HostId, hostVolumeNameSchema } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { describedBy, FieldFrame } from '../../components/fields/index.ts'
import { UploadIcon } from '../../components/icons.ts'
import { Name } from '../../components/Name.tsx'
import { useFormat } from '../../i18n/index.ts'
import { closeDialog, setDock, useCollection, useEngineClient } from '../../stores/index.ts'
import { startUpload } from './transfers/index.ts'

/** Chooses a file of this computer, and makes a volume of it in a host's own pool. The dock tells how far it is. */
export function UploadHostVolumeDialog({ hostId, poolId }: { readonly hostId: HostId; readonly poolId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const client = useEngineClient()
  const id = useId()
  const pool = useCollection('host.pools', hostId).entities.get(poolId)
  const [file, setFile] = useState<File | null>(null)
  const [name, setName] = useState('')
  const [isAsked, setAsked] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const isTaken = pool?.volumes.some((volume) => volume.name === name) === true
  const isWrong = !hostVolumeNameSchema.safeParse(name).success
  const error = !isAsked || file === null ? null : wrongName()
  const submit = () => {
    setAsked(true)
    if (file === null || isWrong || isTaken) return
    closeDialog()
    setDock({ dockTab: 'transfers', dockOpen: true })
    void startUpload(client, { target: { hostId, poolId, name }, file })
  }
  return (
    <FormDialog
      size="medium"
      title={t('local:pools.upload.title', { name: pool?.name ?? poolId })}
      label={t('local:pools.upload.do')}
      isBusy={false}
      isDisabled={pool === undefined || file === null}
      error={null}
      onSubmit={submit}
    >
      <p className="vd-subtle">{t('local:pools.upload.body')}</p>
      <FormGroup label={t('disks:transfer.file')} fieldId={id}>
        <input
          ref={picker}
          id={id}
          type="file"
          hidden
          aria-label={t('local:pools.upload.choose')}
          onChange={({ target }) => {
            const [chosen = null] = target.files ?? []
            if (chosen === null) return
            setFile(chosen)
            setName(chosen.name)
          }}
        />
        <Button variant="secondary" size="sm" icon={<UploadIcon />} autoFocus onClick={() => picker.current?.click()}>
          {t('local:pools.upload.choose')}
        </Button>{' '}
        {file === null ? null : (
          <>
            <Name>{file.name}</Name> <span className="vd-subtle">{format.bytes(file.size)}</span>
          </>
        )}
      </FormGroup>
      {file === null ? null : (
        <FieldFrame id={`${id}-name`} label={t('local:pools.upload.name')} error={error}>
          <TextInput
            id={`${id}-name`}
            value={name}
            spellCheck={false}
            autoComplete="off"
            validated={error === null ? 'default' : 'error'}
            onChange={(_event, value) => setName(value)}
            {...describedBy(`${id}-name`, undefined, error)}
          />
        </FieldFrame>
      )}
    </FormDialog>
  )

  function wrongName() {
    if (isWrong) return 'local:pools.form.volumeNameWrong' as const
    return isTaken ? ('local:pools.upload.taken' as const) : null
  }
}
