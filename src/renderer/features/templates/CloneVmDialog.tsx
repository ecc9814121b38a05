import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { type StorageDomainId, type Vm, type VmId, vmNameSchema } from '../../../shared/domain/index.ts'
import { CheckField, SelectField, TextField } from '../../components/fields/index.ts'
import { showVm, useEntity } from '../../stores/index.ts'
import { PlannedForm } from './PlannedForm.tsx'
import { usePlanned } from './use-planned.ts'
import { useSourceChoices } from './use-source-choices.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const formSchema = z.object({
  name: vmNameSchema,
  snapshotId: z.string(),
  thin: z.boolean(),
  storageDomainId: z.string(),
})
type CloneForm = z.infer<typeof formSchema>

const FIELDS_OF_ERRORS: Readonly<Record<string, keyof CloneForm>> = {
  'vm.name-taken': 'name',
  'snapshot.not-found': 'snapshotId',
  'clone.not-in-snapshot': 'snapshotId',
  'clone.running': 'snapshotId',
  'clone.thin-needs-layers': 'thin',
  'clone.nowhere': 'storageDomainId',
  'clone.out-of-reach': 'storageDomainId',
  'disk.no-space': 'storageDomainId',
}

/** Makes another machine like this one. */
export function CloneVmDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <CloneFields vm={vm} />
}

function CloneFields({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const { sources, snapshots, domains } = useSourceChoices(vm)
  const form = useForm<CloneForm>({
    resolver: zodResolver(formSchema),
    defaultValues: { name: '', snapshotId: '', thin: false, storageDomainId: '' },
  })
  const { control, watch, getValues, setValue } = form
  const [first] = sources
  // What it can be made of is known once its snapshots are.
  useEffect(() => {
    const isKnown = sources.some(({ value }) => value === getValues('snapshotId'))
    if (!isKnown && first !== undefined) setValue('snapshotId', first.value)
  }, [sources, first, getValues, setValue])
  const { plan, planIt, runIt } = usePlanned('vm.clone', vm.name, ({ code }) => FIELDS_OF_ERRORS[code] ?? null)
  const mayBeThin = snapshots.get(watch('snapshotId'))?.kind === 'external'
  const isThin = mayBeThin && watch('thin')
  const inputOf = ({ name, snapshotId, storageDomainId }: CloneForm) => ({
    vmId: vm.id,
    name,
    ...(snapshotId === '' ? {} : { snapshotId }),
    thin: isThin,
    ...(isThin || storageDomainId === '' ? {} : { storageDomainId: storageDomainId as StorageDomainId }),
  })
  return (
    <PlannedForm
      title={t('templates:clone.title', { name: vm.name })}
      about={t('templates:clone.about')}
      label={t('templates:clone.do')}
      busy={t('templates:clone.busy')}
      form={form}
      fields={['name', 'snapshotId', 'thin', 'storageDomainId']}
      plan={plan}
      onPlan={(values) => planIt(inputOf(values))}
      onRun={(values) => runIt(inputOf(values), ({ vmId }) => showVm(vmId))}
    >
      <TextField control={control} name="name" label={t('templates:label.name')} isRequired autoFocus />
      {sources.length === 0 ? (
        <p>{t('templates:source.none')}</p>
      ) : (
        <SelectField control={control} name="snapshotId" label={t('templates:source.label')} choices={sources} />
      )}
      {mayBeThin ? (
        <CheckField
          control={control}
          name="thin"
          label={t('templates:clone.thin')}
          hint={t('templates:clone.thinHint')}
        />
      ) : null}
      {isThin ? null : (
        <SelectField control={control} name="storageDomainId" label={t('templates:label.domain')} choices={domains} />
      )}
    </PlannedForm>
  )
}
