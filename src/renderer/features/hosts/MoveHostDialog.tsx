import { Button, Form } from '@patternfly/react-core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClusterId, Host, HostId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { DialogFrame } from '../../components/dialog/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { addNotice, closeDialog, openDialog, rememberDialog, useEngineClient, useEntity } from '../../stores/index.ts'
import { ClusterSelect, useClusterChoices } from './ClusterSelect.tsx'

/** Moves a host in maintenance to another cluster; its machines go along. */
export function MoveHostDialog({ hostId }: { readonly hostId: HostId }) {
  const host = useEntity('hosts', hostId)
  return host === undefined ? null : <MoveHostForm host={host} />
}

function MoveHostForm({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const others = useClusterChoices().filter(({ id }) => id !== host.clusterId)
  const [chosen, setChosen] = useState<ClusterId | null>(null)
  const [error, setError] = useState<WireError | null>(null)
  const [isBusy, setBusy] = useState(false)
  const clusterId = chosen ?? others[0]?.id ?? null

  const move = async () => {
    if (clusterId === null || isBusy) return
    setBusy(true)
    setError(null)
    const isOpen = rememberDialog()
    const result = await client.call('host.move', { hostId: host.id, clusterId })
    if (!isOpen()) {
      if (!result.ok) addNotice({ command: 'host.move', subject: host.name, error: result.error })
      return
    }
    setBusy(false)
    if (result.ok) closeDialog()
    else setError(result.error)
  }
  return (
    <DialogFrame
      size="small"
      title={t('hosts:move.title', { name: host.name })}
      footer={
        <>
          {clusterId === null ? (
            <Button onClick={() => openDialog({ kind: 'create-cluster', datacenterId: null })}>
              {t('clusters:action.create')}
            </Button>
          ) : (
            <Button type="submit" form="move-host-form" isLoading={isBusy} isDisabled={isBusy}>
              {t('hosts:move.do')}
            </Button>
          )}
          <Button variant="link" onClick={closeDialog}>
            {t('common:cancel')}
          </Button>
        </>
      }
    >
      {error === null ? null : (
        <div className="vd-failure" role="alert">
          <ErrorDetails error={error} />
        </div>
      )}
      {clusterId === null ? (
        <p>{t('hosts:move.noOther')}</p>
      ) : (
        <Form
          id="move-host-form"
          isHorizontal
          onSubmit={(event: FormEvent) => {
            event.preventDefault()
            void move()
          }}
        >
          <p>{t('hosts:move.body')}</p>
          <ClusterSelect choices={others} value={clusterId} onChange={setChosen} />
        </Form>
      )}
    </DialogFrame>
  )
}
