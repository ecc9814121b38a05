import { CheckField, SelectField } from '../../../components/fields/index.ts'
import { bootOrderChoices } from './boot-order-choices.ts'
import { type PageProps, plainChoices } from './field-parts.ts'

/** What it boots with, and from what. */
export function BootPage({ form, machineTypes, t }: PageProps & { readonly machineTypes: readonly string[] }) {
  const { control } = form
  return (
    <>
      <SelectField
        control={control}
        name="machineType"
        label={t('newvm:label.machineType')}
        choices={plainChoices(t, ['', ...machineTypes])}
      />
      <SelectField
        control={control}
        name="firmware"
        label={t('newvm:label.firmware')}
        choices={(['', 'bios', 'uefi', 'uefi-secure'] as const).map((value) => ({
          value,
          label: value === '' ? t('newvm:auto') : t(`newvm:firmware.${value}`),
        }))}
      />
      <SelectField
        control={control}
        name="tpm"
        label={t('newvm:label.tpm')}
        hint={t('newvm:hint.tpm')}
        choices={(['', 'on', 'off'] as const).map((value) => ({
          value,
          label: value === '' ? t('newvm:auto') : t(`clusters:value.${value}`),
        }))}
      />
      <SelectField
        control={control}
        name="clock"
        label={t('newvm:label.clock')}
        choices={(['', 'utc', 'localtime'] as const).map((value) => ({
          value,
          label: value === '' ? t('newvm:auto') : t(`newvm:clock.${value}`),
        }))}
      />
      <SelectField
        control={control}
        name="bootOrder"
        label={t('newvm:label.bootOrder')}
        choices={bootOrderChoices(t, t('newvm:boot.usual'))}
      />
      <CheckField control={control} name="bootMenu" label={t('newvm:label.bootMenu')} />
    </>
  )
}
