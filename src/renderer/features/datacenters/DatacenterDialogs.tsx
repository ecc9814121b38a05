import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect, useRef, useState } from 'react'
import { type UseFormReturn, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import type { CommandName } from '../../../shared/contract/index.ts'
import type { Datacenter, DatacenterId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { Facts } from '../../components/Card.tsx'
import { ChangedMeanwhile } from '../../components/ChangedMeanwhile.tsx'
import { TextField } from '../../components/fields/index.ts'
import {
  forgetDraft,
  keepDraft,
  readDraft,
  type StepOutcome,
  Wizard,
  type WizardAction,
  type WizardStep,
} from '../../components/wizard/index.ts'
import { addNotice, closeDialog, rememberDialog, showEntity, useEngineClient, useEntity } from '../../stores/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const datacenterFormSchema = z.object({
  name: z.string().trim().min(1, 'clusters:form.nameMissing').max(64, 'clusters:form.tooLong'),
  description: z.string().trim().max(4_096, 'clusters:form.tooLong'),
})
type DatacenterForm = z.infer<typeof datacenterFormSchema>

const EMPTY: DatacenterForm = { name: '', description: '' }
const DRAFT = 'datacenter.create'

/** The field at which an error should stand; null when it belongs to none. */
function fieldOfError({ code }: WireError): keyof DatacenterForm | null {
  return code === 'datacenter.name-taken' ? 'name' : null
}

/** Tells of a failure where the dialog was closed meanwhile. */
function outcomeOf(
  result: { readonly ok: true } | { readonly ok: false; readonly error: WireError },
  isOpen: boolean,
  command: CommandName,
  subject: string,
): StepOutcome<DatacenterForm> {
  if (result.ok) return { kind: 'finished' }
  if (isOpen) return { kind: 'failed', error: result.error, field: fieldOfError(result.error) }
  addNotice({ command, subject, error: result.error })
  return { kind: 'finished' }
}

/** The wizard that creates a datacenter. */
export function CreateDatacenterDialog() {
  const { t } = useTranslation()
  const client = useEngineClient()
  const [draft] = useState(() => readDraft<DatacenterForm>(DRAFT))
  const [isRestored, setRestored] = useState(draft !== null)
  const form = useForm<DatacenterForm>({
    resolver: zodResolver(datacenterFormSchema),
    defaultValues: draft ?? EMPTY,
    shouldFocusError: false,
  })
  const isCreated = useRef(false)
  useEffect(
    () => () => {
      if (isCreated.current) forgetDraft(DRAFT)
      else keepDraft(DRAFT, form.getValues(), { defaults: EMPTY, secrets: [] })
    },
    [form],
  )
  const finish: WizardAction<DatacenterForm> = {
    label: t('clusters:create.do'),
    busy: t('clusters:create.busy'),
    isFinal: true,
    run: async (values) => {
      const isOpen = rememberDialog()
      const input = datacenterFormSchema.parse(values)
      const result = await client.call('datacenter.create', input)
      if (result.ok && isOpen()) {
        isCreated.current = true
        closeDialog()
        showEntity('datacenter', result.value.datacenterId)
      }
      return outcomeOf(result, isOpen(), 'datacenter.create', input.name)
    },
  }
  return (
    <Wizard
      title={t('datacenters:create.title')}
      form={form}
      steps={useSteps(form, finish, null)}
      finish={finish}
      onStartOver={
        isRestored
          ? () => {
              form.reset(EMPTY)
              setRestored(false)
            }
          : null
      }
      onClose={closeDialog}
    />
  )
}

/** Changes what a datacenter is called and how it is described. */
export function EditDatacenterDialog({ datacenterId }: { readonly datacenterId: DatacenterId }) {
  const datacenter = useEntity('datacenters', datacenterId)
  return datacenter === undefined ? null : <EditDatacenterForm datacenter={datacenter} />
}

function EditDatacenterForm({ datacenter }: { readonly datacenter: Datacenter }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  // What the person saw when they began: only what they changed of it is sent, and on which revision.
  const [base, setBase] = useState(datacenter)
  const form = useForm<DatacenterForm>({
    resolver: zodResolver(datacenterFormSchema),
    defaultValues: { name: datacenter.name, description: datacenter.description },
    shouldFocusError: false,
  })
  const save = async (values: DatacenterForm, revision: number): Promise<StepOutcome<DatacenterForm>> => {
    const isOpen = rememberDialog()
    const { name, description } = datacenterFormSchema.parse(values)
    const result = await client.call('datacenter.edit', {
      datacenterId: base.id,
      revision,
      ...(name === base.name ? {} : { name }),
      ...(description === base.description ? {} : { description }),
    })
    const wasOpen = isOpen()
    if (result.ok && wasOpen) closeDialog()
    return outcomeOf(result, wasOpen, 'datacenter.edit', base.name)
  }
  const finish: WizardAction<DatacenterForm> = {
    label: t('common:save'),
    busy: t('clusters:edit.busy'),
    isFinal: true,
    run: (values) => save(values, base.revision),
  }
  return (
    <Wizard
      title={t('datacenters:edit.title', { name: base.name })}
      form={form}
      steps={useSteps(form, finish, base)}
      finish={finish}
      failureActions={({ code }, ways) =>
        code === 'datacenter.changed-meanwhile' ? (
          <ChangedMeanwhile
            onLoad={() => {
              form.reset({ name: datacenter.name, description: datacenter.description })
              setBase(datacenter)
              ways.dismiss()
            }}
            onSaveAnyway={() => ways.run({ ...finish, run: (values) => save(values, datacenter.revision) })}
          />
        ) : null
      }
      onStartOver={null}
      onClose={closeDialog}
    />
  )
}

function useSteps(
  form: UseFormReturn<DatacenterForm>,
  finish: WizardAction<DatacenterForm>,
  before: Datacenter | null,
): readonly WizardStep<DatacenterForm>[] {
  const { t } = useTranslation()
  const { name, description } = form.watch()
  const changed = (was: string | undefined, is: string) =>
    was === undefined || was === is ? (
      is || null
    ) : (
      <span>
        <del>{was || t('clusters:plan.empty')}</del> → <ins>{is || t('clusters:plan.empty')}</ins>
      </span>
    )
  return [
    {
      id: 'general',
      title: t('clusters:page.general.title'),
      description: t('datacenters:page.general'),
      fields: ['name', 'description'],
      content: (
        <>
          <TextField control={form.control} name="name" label={t('clusters:label.name')} isRequired autoFocus />
          <TextField control={form.control} name="description" label={t('clusters:label.description')} />
        </>
      ),
      next: { label: t('common:wizard.next'), run: async () => ({ kind: 'next' }) },
    },
    {
      id: 'summary',
      title: t('clusters:page.summary.title'),
      description: t('clusters:page.summary.description'),
      fields: [],
      content: (
        <>
          <Facts
            facts={[
              [t('clusters:label.name'), changed(before?.name, name.trim())],
              [t('clusters:label.description'), changed(before?.description, description.trim())],
            ]}
          />
          <p className="vd-subtle">{t(before === null ? 'datacenters:plan.create' : 'clusters:plan.edit')}</p>
        </>
      ),
      next: finish,
    },
  ]
}
