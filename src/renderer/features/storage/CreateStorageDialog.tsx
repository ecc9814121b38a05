import { zodResolver } from '@hookform/resolvers/zod'
import { Button } from '@patternfly/react-core'
import { useEffect, useRef, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { CommandInput, CommandPlan } from '../../../shared/contract/index.ts'
import type { DatacenterId } from '../../../shared/domain/index.ts'
import {
  forgetDraft,
  keepDraft,
  readDraft,
  type StepOutcome,
  Wizard,
  type WizardAction,
} from '../../components/wizard/index.ts'
import { useSelectedIds } from '../../kinds/index.ts'
import { addNotice, closeDialog, openDialog, rememberDialog, showEntity, useEngineClient } from '../../stores/index.ts'
import {
  chapPasswordOf,
  emptyStorageForm,
  fieldOfError,
  newStorageFormSchema,
  type StorageForm,
  storageOf,
} from './storage-form.ts'
import { buildStorageSteps } from './storage-steps.tsx'
import { useHostCheck } from './use-host-check.ts'
import { useLunSearch } from './use-lun-search.ts'
import { standingOf, useStorageChoices } from './use-storage-choices.ts'

const DRAFT = 'storage.create'

/** The wizard that creates a storage domain. A name and a place are enough: all else has a default. */
export function CreateStorageDialog({ datacenterId }: { readonly datacenterId: DatacenterId | null }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const choices = useStorageChoices()
  const [selected] = useSelectedIds('datacenter')
  const [empty] = useState(() => {
    const id = (datacenterId ?? selected ?? choices.datacenters[0]?.id ?? null) as DatacenterId | null
    return emptyStorageForm({ datacenterId: id, ...standingOf(choices, id) })
  })
  const [draft] = useState(() => readDraft<StorageForm>(DRAFT))
  const [isRestored, setRestored] = useState(draft !== null)
  const form = useForm<StorageForm>({
    resolver: zodResolver(newStorageFormSchema),
    // Where it was asked for counts more than where it was asked for an earlier time.
    defaultValues: draft === null ? empty : { ...draft, datacenterId: empty.datacenterId },
    shouldFocusError: false,
  })
  const isCreated = useRef(false)
  useEffect(
    () => () => {
      if (isCreated.current) forgetDraft(DRAFT)
      else keepDraft(DRAFT, form.getValues(), { defaults: empty, secrets: ['chapPassword'] })
    },
    [form, empty],
  )
  const check = useHostCheck(form, 'create')
  const search = useLunSearch(form)
  const [plan, setPlan] = useState<CommandPlan | null>(null)
  const planned = async (values: StorageForm): Promise<StepOutcome<StorageForm>> => {
    const result = await client.plan('storage.create', inputOf(values))
    if (!result.ok) return { kind: 'failed', error: result.error, field: fieldOfError(result.error, values) }
    setPlan(result.value)
    return { kind: 'next' }
  }
  const create = async (values: StorageForm): Promise<StepOutcome<StorageForm>> => {
    const isOpen = rememberDialog()
    const input = inputOf(values)
    const result = await client.call('storage.create', input)
    if (!isOpen()) {
      if (!result.ok) addNotice({ command: 'storage.create', subject: input.name, error: result.error })
      return { kind: 'finished' }
    }
    if (!result.ok) return { kind: 'failed', error: result.error, field: fieldOfError(result.error, values) }
    isCreated.current = true
    closeDialog()
    showEntity('storage-domain', result.value.storageDomainId)
    return { kind: 'finished' }
  }
  const finish: WizardAction<StorageForm> = {
    label: t('storage:create.do'),
    busy: t('storage:create.busy'),
    isFinal: true,
    run: create,
  }
  return (
    <Wizard
      title={t('storage:create.title')}
      form={form}
      steps={buildStorageSteps({ form, choices, check, search, plan, onPlan: planned, finish, t })}
      finish={finish}
      failureActions={({ code }) =>
        code === 'storage.holds-domain' ? (
          <Button
            variant="link"
            size="sm"
            isInline
            onClick={() => {
              const values = newStorageFormSchema.parse(form.getValues())
              closeDialog()
              openDialog({
                kind: 'import-storage',
                datacenterId: values.datacenterId as DatacenterId,
                storage: storageOf(values),
              })
            }}
          >
            {t('storage:action.import')}
          </Button>
        ) : null
      }
      onStartOver={
        isRestored
          ? () => {
              form.reset(empty)
              setRestored(false)
            }
          : null
      }
      onClose={closeDialog}
    />
  )
}

function inputOf(values: StorageForm): CommandInput<'storage.create'> {
  const { datacenterId, name, description, type } = newStorageFormSchema.parse(values)
  return {
    datacenterId: datacenterId as DatacenterId,
    name,
    type,
    storage: storageOf(values),
    ...chapPasswordOf(values),
    ...(description === '' ? {} : { description }),
  }
}
