import { zodResolver } from '@hookform/resolvers/zod'
import { Button } from '@patternfly/react-core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { DatacenterId, DomainStorageInput } from '../../../shared/domain/index.ts'
import { type StepOutcome, Wizard, type WizardAction } from '../../components/wizard/index.ts'
import { useSelectedIds } from '../../kinds/index.ts'
import { addNotice, closeDialog, rememberDialog, showEntity, useEngineClient } from '../../stores/index.ts'
import { CheckPage } from './CheckPage.tsx'
import { DatacenterField, MountFields, PlaceFields } from './PlaceFields.tsx'
import {
  chapPasswordOf,
  emptyStorageForm,
  fieldOfError,
  formOfStorage,
  type StorageForm,
  storageFormSchema,
  storageOf,
} from './storage-form.ts'
import { useHostCheck } from './use-host-check.ts'
import { useLunSearch } from './use-lun-search.ts'
import { standingOf, useStorageChoices } from './use-storage-choices.ts'

/** The wizard that takes a domain that is there already into a datacenter: what it is, it says itself. */
export function ImportStorageDialog(props: {
  readonly datacenterId: DatacenterId | null
  readonly storage: DomainStorageInput | null
}) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const choices = useStorageChoices()
  const [selected] = useSelectedIds('datacenter')
  const [initial] = useState(() => {
    const id = (props.datacenterId ?? selected ?? choices.datacenters[0]?.id ?? null) as DatacenterId | null
    const empty = emptyStorageForm({ datacenterId: id, ...standingOf(choices, id) })
    return props.storage === null ? empty : { ...empty, ...formOfStorage(props.storage) }
  })
  const form = useForm<StorageForm>({
    resolver: zodResolver(storageFormSchema),
    defaultValues: initial,
    shouldFocusError: false,
  })
  const { isLocal } = standingOf(choices, form.watch('datacenterId'))
  const check = useHostCheck(form, 'import')
  const search = useLunSearch(form)
  const run = async (values: StorageForm, takeOver: boolean): Promise<StepOutcome<StorageForm>> => {
    const isOpen = rememberDialog()
    const storage = storageOf(values)
    const datacenterId = values.datacenterId as DatacenterId
    const result = await client.call('storage.import', { datacenterId, storage, takeOver, ...chapPasswordOf(values) })
    if (!isOpen()) {
      if (!result.ok) addNotice({ command: 'storage.import', subject: null, error: result.error })
      return { kind: 'finished' }
    }
    if (!result.ok) return { kind: 'failed', error: result.error, field: fieldOfError(result.error, values) }
    closeDialog()
    showEntity('storage-domain', result.value.storageDomainId)
    return { kind: 'finished' }
  }
  const finish: WizardAction<StorageForm> = {
    label: t('storage:import.do'),
    busy: t('storage:import.busy'),
    isFinal: true,
    run: (values) => run(values, false),
  }
  return (
    <Wizard
      title={t('storage:import.title')}
      form={form}
      finish={finish}
      steps={[
        {
          id: 'place',
          title: t('storage:page.general.title'),
          description: t('storage:import.description'),
          fields: ['datacenterId', 'kind', 'server', 'export', 'path', 'targets', 'chapUser', 'chapPassword', 'lunIds'],
          content: (
            <>
              <DatacenterField form={form} choices={choices} t={t} />
              <PlaceFields form={form} isLocal={isLocal} search={search} purpose="import" t={t} />
            </>
          ),
          next: { label: t('common:wizard.next'), run: async () => ({ kind: 'next' }) },
        },
        {
          id: 'advanced',
          title: t('storage:page.advanced.title'),
          description: t('storage:page.advanced.description'),
          fields: ['version', 'source', 'fileSystem', 'mountOptions'],
          content: <MountFields form={form} t={t} />,
          next: {
            label: t('storage:check.do'),
            busy: t('storage:check.busy'),
            run: async () => {
              await check.run()
              return { kind: 'next' }
            },
          },
        },
        {
          id: 'hosts',
          title: t('storage:page.hosts.title'),
          description: t('storage:import.hosts'),
          fields: [],
          content: <CheckPage check={check} />,
          next: finish,
        },
      ]}
      failureActions={({ code }, ways) =>
        code === 'storage.owned-elsewhere' ? (
          <Button
            variant="danger"
            size="sm"
            onClick={() => ways.run({ ...finish, run: (values) => run(values, true) })}
          >
            {t('storage:import.takeOver')}
          </Button>
        ) : null
      }
      onStartOver={null}
      onClose={closeDialog}
    />
  )
}
