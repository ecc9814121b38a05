import { OPERATING_SYSTEMS } from '../../../../shared/domain/index.ts'
import { CheckField, SelectField, TextField } from '../../../components/fields/index.ts'
import { fillIn, fillInTemplate, type PageProps } from './field-parts.ts'
import { DiskFields, NicFields, SourceFields } from './MachineParts.tsx'
import { MoreDisks, MoreNics } from './MoreParts.tsx'
import type { VmChoices } from './use-vm-choices.ts'

/** All that a machine cannot be without. */
export function GeneralPage({ form, choices, t }: PageProps & { readonly choices: VmChoices }) {
  const { control } = form
  const isOfTemplate = form.watch('templateId') !== 'blank'
  return (
    <>
      <TextField control={control} name="name" label={t('newvm:label.name')} isRequired autoFocus />
      <SelectField
        control={control}
        name="clusterId"
        label={t('newvm:label.cluster')}
        choices={choices.clusters.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <SelectField
        control={control}
        name="templateId"
        label={t('newvm:label.template')}
        choices={[
          { value: 'blank', label: t('newvm:blank') },
          ...choices.templates.map(({ id, name, version, versionName }) => ({
            value: id,
            label: t('newvm:templateVersion', {
              name,
              version: versionName === '' ? version : `${version}, ${versionName}`,
            }),
          })),
        ]}
        onChosen={(id) =>
          fillInTemplate(
            form,
            choices.templates.find((template) => template.id === id),
          )
        }
      />
      {isOfTemplate ? (
        <CheckField control={control} name="thin" label={t('newvm:label.thin')} hint={t('newvm:hint.thin')} />
      ) : null}
      <SourceFields form={form} choices={choices} t={t} />
      <SelectField
        control={control}
        name="operatingSystem"
        label={t('newvm:label.system')}
        hint={t('newvm:hint.system')}
        choices={OPERATING_SYSTEMS.map(({ id, name }) => ({
          value: id,
          label: id === 'linux' || id === 'other' ? t(`newvm:system.${id}`) : name,
        }))}
        onChosen={(id) => fillIn(form, id)}
      />
      <TextField
        control={control}
        name="memory"
        label={t('newvm:label.memory')}
        hint={t('newvm:hint.memory')}
        isRequired
      />
      <TextField control={control} name="vcpus" label={t('newvm:label.vcpus')} isRequired />
      <DiskFields form={form} choices={choices} t={t} />
      <MoreDisks form={form} choices={choices} t={t} />
      <NicFields form={form} choices={choices} t={t} />
      <MoreNics form={form} choices={choices} t={t} />
      <CheckField control={control} name="start" label={t('newvm:label.start')} />
    </>
  )
}
