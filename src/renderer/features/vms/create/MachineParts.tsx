import { decideOperatingSystem, isVirtioDriverMedium } from '../../../../shared/domain/index.ts'
import { RadioField, SelectField, TextField } from '../../../components/fields/index.ts'
import { useFormat } from '../../../i18n/index.ts'
import { fillIn, type PageProps } from './field-parts.ts'
import { diskChoices, domainChoices, networkChoices } from './part-choices.ts'
import type { VmChoices } from './use-vm-choices.ts'

type Props = PageProps & { readonly choices: VmChoices }

/** What a system is installed from. A medium that is recognised sets the system. */
export function SourceFields({ form, choices, t }: Props) {
  const { control } = form
  const source = form.watch('source')
  const medium = choices.media.find(({ id }) => id === form.watch('mediumId'))
  return (
    <>
      <RadioField
        control={control}
        name="source"
        label={t('newvm:label.source')}
        choices={(['none', 'medium', 'network', 'kernel'] as const).map((value) => ({
          value,
          label: t(`newvm:source.${value}`),
        }))}
      />
      {source !== 'medium' ? null : (
        <SelectField
          control={control}
          name="mediumId"
          label={t('newvm:label.medium')}
          hint={choices.media.length === 0 ? t('newvm:hint.noMedia') : hintOf(medium?.volumeId ?? null)}
          choices={[
            { value: '', label: t('newvm:choose') },
            ...choices.media.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChosen={(id) => {
            const label = choices.media.find((each) => each.id === id)?.volumeId ?? ''
            const recognized = decideOperatingSystem(label)
            if (recognized === null) return
            form.setValue('operatingSystem', recognized.system.id)
            fillIn(form, recognized.system.id)
          }}
        />
      )}
      {source !== 'kernel' ? null : (
        <>
          <TextField
            control={control}
            name="kernelPath"
            label={t('newvm:label.kernelPath')}
            hint={t('newvm:hint.hostPath')}
          />
          <TextField control={control} name="initrdPath" label={t('newvm:label.initrdPath')} />
          <TextField control={control} name="commandLine" label={t('newvm:label.commandLine')} />
        </>
      )}
    </>
  )

  function hintOf(label: string | null): string | undefined {
    if (label === null) return undefined
    if (isVirtioDriverMedium(label)) return t('newvm:hint.drivers')
    const recognized = decideOperatingSystem(label)
    if (recognized === null) return t('newvm:hint.notRecognized', { label })
    return t(recognized.exact ? 'newvm:hint.recognized' : 'newvm:hint.guessed', { name: recognized.system.name })
  }
}

/** The first disk. */
export function DiskFields({ form, choices, t }: Props) {
  const format = useFormat()
  const { control } = form
  const kind = form.watch('diskKind')
  return (
    <>
      <RadioField
        control={control}
        name="diskKind"
        label={t('newvm:label.disk')}
        choices={(['new', 'existing', 'none'] as const).map((value) => ({ value, label: t(`newvm:disk.${value}`) }))}
      />
      {kind !== 'new' ? null : (
        <>
          <TextField control={control} name="diskSizeGiB" label={t('newvm:label.diskSize')} isRequired />
          <SelectField
            control={control}
            name="diskDomainId"
            label={t('newvm:label.diskDomain')}
            hint={choices.domains.length === 0 ? t('newvm:hint.noDomain') : undefined}
            choices={domainChoices(choices, t, format)}
          />
        </>
      )}
      {kind !== 'existing' ? null : (
        <SelectField
          control={control}
          name="diskId"
          label={t('newvm:label.existingDisk')}
          hint={choices.disks.length === 0 ? t('newvm:hint.noDisk') : undefined}
          choices={diskChoices(choices, t)}
        />
      )}
    </>
  )
}

/** The first network card. */
export function NicFields({ form, choices, t }: Props) {
  const { control } = form
  const nic = form.watch('nic')
  return (
    <>
      <SelectField
        control={control}
        name="nic"
        label={t('newvm:label.nic')}
        hint={nic === 'user' ? t('newvm:hint.userNetwork') : undefined}
        choices={[...networkChoices(choices, t), { value: 'none', label: t('newvm:nic.none') }]}
      />
      {nic === 'libvirt' || nic === 'bridge' ? (
        <TextField control={control} name="nicName" label={t(`newvm:label.nicName.${nic}`)} isRequired />
      ) : null}
    </>
  )
}
