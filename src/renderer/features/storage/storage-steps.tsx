import type { TFunction } from 'i18next'
import type { UseFormReturn } from 'react-hook-form'
import type { CommandPlan } from '../../../shared/contract/index.ts'
import { RadioField, TextField } from '../../components/fields/index.ts'
import { PlanPage, type WizardAction, type WizardStep } from '../../components/wizard/index.ts'
import { CheckPage } from './CheckPage.tsx'
import { DatacenterField, MountFields, PlaceFields } from './PlaceFields.tsx'
import type { StorageForm } from './storage-form.ts'
import type { HostCheck } from './use-host-check.ts'
import type { LunSearch } from './use-lun-search.ts'
import { type StorageChoices, standingOf } from './use-storage-choices.ts'

const GENERAL_FIELDS = [
  'name',
  'datacenterId',
  'type',
  'kind',
  'server',
  'export',
  'path',
  'targets',
  'chapUser',
  'chapPassword',
  'lunIds',
] as const

/** The pages of the wizard that creates a storage domain; the last one is what will happen. */
export function buildStorageSteps(parts: {
  readonly form: UseFormReturn<StorageForm>
  readonly choices: StorageChoices
  readonly check: HostCheck
  readonly search: LunSearch
  readonly plan: CommandPlan | null
  readonly onPlan: WizardAction<StorageForm>['run']
  readonly finish: WizardAction<StorageForm>
  readonly t: TFunction
}): readonly WizardStep<StorageForm>[] {
  const { form, choices, check, search, plan, finish, t } = parts
  const { isLocal } = standingOf(choices, form.watch('datacenterId'))
  const page = (id: 'general' | 'advanced' | 'hosts' | 'summary') => ({
    id,
    title: t(`storage:page.${id}.title`),
    description: t(`storage:page.${id}.description`),
    next: {
      label: t('common:wizard.next'),
      run: async () => ({ kind: 'next' as const }),
    },
  })
  return [
    {
      ...page('general'),
      fields: GENERAL_FIELDS,
      content: (
        <>
          <TextField control={form.control} name="name" label={t('storage:label.name')} isRequired autoFocus />
          <DatacenterField form={form} choices={choices} t={t} />
          <RadioField
            control={form.control}
            name="type"
            label={t('storage:label.type')}
            hint={t(`storage:typeAbout.${form.watch('type')}`)}
            choices={(['data', 'iso', 'export'] as const).map((value) => ({
              value,
              label: t(`storage:type.${value}`),
            }))}
          />
          <PlaceFields form={form} isLocal={isLocal} search={search} purpose="create" t={t} />
        </>
      ),
    },
    {
      ...page('advanced'),
      fields: ['description', 'version', 'source', 'fileSystem', 'mountOptions', ...GENERAL_FIELDS],
      content: (
        <>
          <TextField control={form.control} name="description" label={t('storage:label.description')} />
          <MountFields form={form} t={t} />
        </>
      ),
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
      ...page('hosts'),
      fields: GENERAL_FIELDS,
      content: <CheckPage check={check} />,
      next: { label: t('common:wizard.next'), run: parts.onPlan },
    },
    {
      ...page('summary'),
      fields: [],
      content: plan === null ? <p className="vd-subtle">{t('storage:page.summary.none')}</p> : <PlanPage plan={plan} />,
      next: finish,
    },
  ]
}
