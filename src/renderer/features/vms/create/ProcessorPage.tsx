import { CheckField, SelectField, TextAreaField, TextField } from '../../../components/fields/index.ts'
import type { PageProps } from './field-parts.ts'

/** Processor and memory beyond how much there is of each. */
export function ProcessorPage({ form, knownModels, t }: PageProps & { readonly knownModels: readonly string[] }) {
  const { control } = form
  return (
    <>
      <SelectField
        control={control}
        name="cpuMode"
        label={t('newvm:label.cpuMode')}
        hint={t(`newvm:cpuAbout.${form.watch('cpuMode')}`)}
        choices={(['cluster', 'host-passthrough', 'host-model', 'custom'] as const).map((value) => ({
          value,
          label: t(`newvm:cpu.${value}`),
        }))}
      />
      {form.watch('cpuMode') !== 'custom' ? null : (
        <SelectField
          control={control}
          name="cpuModel"
          label={t('newvm:label.cpuModel')}
          choices={['', ...knownModels].map((value) => ({ value, label: value === '' ? t('newvm:choose') : value }))}
        />
      )}
      <TextField control={control} name="sockets" label={t('newvm:label.sockets')} hint={t('newvm:hint.topology')} />
      <TextField control={control} name="cores" label={t('newvm:label.cores')} />
      <TextField control={control} name="threads" label={t('newvm:label.threads')} />
      <TextField control={control} name="maxVcpus" label={t('newvm:label.maxVcpus')} hint={t('newvm:hint.hotPlug')} />
      <TextField control={control} name="maxMemory" label={t('newvm:label.maxMemory')} hint={t('newvm:hint.hotPlug')} />
      <CheckField control={control} name="ballooning" label={t('newvm:label.ballooning')} />
      <CheckField
        control={control}
        name="hugepages"
        label={t('newvm:label.hugepages')}
        hint={t('newvm:hint.hugepages')}
      />
      <TextAreaField
        control={control}
        name="pinning"
        label={t('newvm:label.pinning')}
        hint={t('newvm:hint.pinning')}
        rows={2}
        placeholder="0: 2-3"
      />
      <TextAreaField
        control={control}
        name="numa"
        label={t('newvm:label.numa')}
        hint={t('newvm:hint.numa')}
        rows={2}
        placeholder="0-3: 2 GiB"
      />
    </>
  )
}
