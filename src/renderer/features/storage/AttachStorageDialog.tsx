import { FormGroup, FormSelect, FormSelectOption } from '@patternfly/react-core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DatacenterId, StorageDomain, StorageDomainId } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { useDialogCommand, useEntity } from '../../stores/index.ts'
import { Remedy } from './Remedy.tsx'
import { useStorageChoices } from './use-storage-choices.ts'

/** Asks which datacenter a domain is to serve. */
export function AttachStorageDialog({ storageDomainId }: { readonly storageDomainId: StorageDomainId }) {
  const domain = useEntity('storage-domains', storageDomainId)
  return domain === undefined ? null : <AttachForm domain={domain} />
}

function AttachForm({ domain }: { readonly domain: StorageDomain }) {
  const { t } = useTranslation()
  const id = useId()
  const isLocal = domain.storage.kind === 'local'
  const fitting = useStorageChoices().datacenters.filter(({ storageType }) => (storageType === 'local') === isLocal)
  const [chosen, setChosen] = useState<DatacenterId | null>(null)
  const { isBusy, error, run } = useDialogCommand('storage.attach', domain.name)
  const datacenterId = chosen ?? fitting[0]?.id ?? null
  return (
    <FormDialog
      title={t('storage:attach.title', { name: domain.name })}
      label={t('storage:attach.do')}
      busyLabel={t('storage:attach.busy')}
      isBusy={isBusy}
      isDisabled={datacenterId === null}
      error={error}
      failureActions={error === null ? null : <Remedy error={error} />}
      onSubmit={() => {
        if (datacenterId !== null) void run({ storageDomainId: domain.id, datacenterId })
      }}
    >
      <p>{t(datacenterId === null ? 'storage:attach.none' : 'storage:attach.body')}</p>
      {datacenterId === null ? null : (
        <FormGroup label={t('storage:label.datacenter')} fieldId={id}>
          <FormSelect id={id} value={datacenterId} onChange={(_event, value) => setChosen(value as DatacenterId)}>
            {fitting.map(({ id: own, name }) => (
              <FormSelectOption key={own} value={own} label={name} />
            ))}
          </FormSelect>
        </FormGroup>
      )}
    </FormDialog>
  )
}
