import { Button } from '@patternfly/react-core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CommandOutput } from '../../../../shared/contract/index.ts'
import type { Vm, VmId } from '../../../../shared/domain/index.ts'
import type { WireError } from '../../../../shared/errors/index.ts'
import { Facts } from '../../../components/Card.tsx'
import { CopyButton } from '../../../components/CopyButton.tsx'
import { DialogFrame } from '../../../components/dialog/index.ts'
import { ErrorDetails } from '../../../components/ErrorDetails.tsx'
import { saveFile } from '../../../components/save-file.ts'
import { closeDialog, useEngineClient, useEntity } from '../../../stores/index.ts'

type Door = CommandOutput<'console.viewer'>

/** Opens a machine's display for a viewer of a person's own, and says how that gets there. */
export function ViewerDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <OpenDoor vm={vm} />
}

function OpenDoor({ vm: { id, name } }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const [door, setDoor] = useState<Door | null>(null)
  const [error, setError] = useState<WireError | null>(null)
  const isAsked = useRef(false)
  useEffect(() => {
    // Once for each time that the dialog is opened: a door is let in by one viewer.
    if (isAsked.current) return
    isAsked.current = true
    void client.call('console.viewer', { vmId: id }).then((result) => {
      if (result.ok) setDoor(result.value)
      else setError(result.error)
    })
  }, [client, id])
  const save = ({ file }: Door) => {
    saveFile(new Blob([file], { type: 'application/x-virt-viewer' }), `${fileNameOf(name)}.vv`)
    closeDialog()
  }
  return (
    <DialogFrame
      size="small"
      title={t('vms:viewer.title', { name })}
      footer={
        <>
          <Button isDisabled={door === null} onClick={() => door !== null && save(door)}>
            {t('vms:viewer.save')}
          </Button>
          <Button variant="link" onClick={closeDialog}>
            {t('common:close')}
          </Button>
        </>
      }
    >
      {error === null ? <p>{t('vms:viewer.body')}</p> : <ErrorDetails error={error} />}
      {error === null && door === null ? <p role="status">{t('vms:viewer.opening')}</p> : null}
      {door === null ? null : (
        <Facts
          facts={[
            [
              t('vms:viewer.address'),
              <Copied key="address" text={`vnc://127.0.0.1:${door.port}`} label={t('vms:viewer.address')} />,
            ],
            [t('vms:viewer.password'), <Copied key="password" text={door.password} label={t('vms:viewer.password')} />],
          ]}
        />
      )}
    </DialogFrame>
  )
}

function Copied({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <>
      <code>{text}</code> <CopyButton text={text} label={label} />
    </>
  )
}

/** A machine's name without what file systems refuse. */
function fileNameOf(name: string): string {
  return name
    .replace(/\p{Cc}|[<>:"/\\|?*]/gu, '_')
    .replace(/^\.+/, '_')
    .slice(0, 100)
}
