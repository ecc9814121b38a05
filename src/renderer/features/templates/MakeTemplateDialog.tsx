import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import {
  type StorageDomainId,
  type TemplateId,
  type Vm,
  type VmId,
  versionNameSchema,
  vmDescriptionSchema,
  vmNameSchema,
} from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'
import { CheckField, SelectField, TextField } from '../../components/fields/index.ts'
import { showEntity, useCollection, useEntity } from '../../stores/index.ts'
import { PlannedForm } from './PlannedForm.tsx'
import { usePlanned } from './use-planned.ts'
import { useSourceChoices } from './use-source-choices.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const formSchema = z
  .object({
    versionOf: z.string(),
    name: z.string(),
    versionName: versionNameSchema,
    description: vmDescriptionSchema,
    snapshotId: z.string(),
    storageDomainId: z.string(),
    seal: z.boolean(),
  })
  .superRefine(({ versionOf, name }, context) => {
    const isFit = versionOf !== '' || vmNameSchema.safeParse(name).success
    if (!isFit) context.addIssue({ code: 'custom', path: ['name'], message: 'newvm:wrong.nameMissing' })
  })
type TemplateForm = z.infer<typeof formSchema>

const FIELDS_OF_ERRORS: Readonly<Record<string, keyof TemplateForm>> = {
  'template.name-taken': 'name',
  'template.not-found': 'versionOf',
  'template.seal-tool-missing': 'seal',
  'snapshot.not-found': 'snapshotId',
  'clone.not-in-snapshot': 'snapshotId',
  'clone.running': 'snapshotId',
  'clone.nowhere': 'storageDomainId',
  'clone.out-of-reach': 'storageDomainId',
  'disk.no-space': 'storageDomainId',
}

/** Makes a template, or a version of one, of this machine. */
export function MakeTemplateDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <TemplateFields vm={vm} />
}

function TemplateFields({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const { sources, domains } = useSourceChoices(vm)
  const { entities: templates } = useCollection('templates')
  const datacenterId = useEntity('clusters', vm.clusterId)?.datacenterId
  const form = useForm<TemplateForm>({
    resolver: zodResolver(formSchema),
    defaultValues: {
      versionOf: '',
      name: '',
      versionName: '',
      description: '',
      snapshotId: '',
      storageDomainId: '',
      seal: false,
    },
  })
  const { control, watch, getValues, setValue } = form
  const [first] = sources
  // What it can be made of is known once its snapshots are.
  useEffect(() => {
    const isKnown = sources.some(({ value }) => value === getValues('snapshotId'))
    if (!isKnown && first !== undefined) setValue('snapshotId', first.value)
  }, [sources, first, getValues, setValue])
  const { plan, planIt, runIt } = usePlanned('template.create', vm.name, ({ code }) => FIELDS_OF_ERRORS[code] ?? null)
  const bases = [...templates.values()]
    .filter((template) => template.isLatest && template.datacenterId === datacenterId)
    .sort((one, other) => compareTexts(one.name, other.name))
  const isVersion = watch('versionOf') !== ''
  const inputOf = ({ versionOf, name, snapshotId, storageDomainId, ...said }: TemplateForm) => ({
    vmId: vm.id,
    ...said,
    ...(versionOf === '' ? { name } : { versionOf: versionOf as TemplateId }),
    ...(snapshotId === '' ? {} : { snapshotId }),
    ...(storageDomainId === '' ? {} : { storageDomainId: storageDomainId as StorageDomainId }),
  })
  return (
    <PlannedForm
      title={t('templates:make.title', { name: vm.name })}
      about={t('templates:make.about')}
      label={t('templates:make.do')}
      busy={t('templates:make.busy')}
      form={form}
      fields={['versionOf', 'name', 'versionName', 'description', 'snapshotId', 'storageDomainId', 'seal']}
      plan={plan}
      onPlan={(values) => planIt(inputOf(values))}
      onRun={(values) => runIt(inputOf(values), ({ templateId }) => showEntity('template', templateId))}
    >
      {bases.length === 0 ? null : (
        <SelectField
          control={control}
          name="versionOf"
          label={t('templates:make.versionOf')}
          choices={[
            { value: '', label: t('templates:make.newOne') },
            ...bases.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      {isVersion ? null : (
        <TextField control={control} name="name" label={t('templates:label.name')} isRequired autoFocus />
      )}
      <TextField control={control} name="versionName" label={t('templates:label.versionName')} />
      <TextField control={control} name="description" label={t('templates:label.description')} />
      {sources.length === 0 ? (
        <p>{t('templates:source.none')}</p>
      ) : (
        <SelectField control={control} name="snapshotId" label={t('templates:source.label')} choices={sources} />
      )}
      <SelectField control={control} name="storageDomainId" label={t('templates:label.domain')} choices={domains} />
      <CheckField control={control} name="seal" label={t('templates:make.seal')} hint={t('templates:make.sealHint')} />
    </PlannedForm>
  )
}
