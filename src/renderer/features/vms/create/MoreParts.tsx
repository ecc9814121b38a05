import { Button } from '@patternfly/react-core'
import { useFieldArray } from 'react-hook-form'
import { RadioField, SelectField, TextField } from '../../../components/fields/index.ts'
import { useFormat } from '../../../i18n/index.ts'
import type { PageProps } from './field-parts.ts'
import { diskChoices, domainChoices, networkChoices } from './part-choices.ts'
import type { VmChoices } from './use-vm-choices.ts'
import { DEVICES_MOST } from './vm-fields.ts'

type Props = PageProps & { readonly choices: VmChoices }

/** Disks beside the first one. Bus, format and cache are those of the page of devices. */
export function MoreDisks({ form, choices, t }: Props) {
  const format = useFormat()
  const { control } = form
  const { fields, append, remove } = useFieldArray({ control, name: 'moreDisks' })
  return (
    <>
      {fields.map(({ id }, index) => {
        const kind = form.watch(`moreDisks.${index}.kind`)
        const number = index + 2
        return (
          <fieldset key={id} className="vd-part" aria-label={t('newvm:more.disk', { number })}>
            <RadioField
              control={control}
              name={`moreDisks.${index}.kind`}
              label={t('newvm:more.disk', { number })}
              choices={(['new', 'existing'] as const).map((value) => ({ value, label: t(`newvm:disk.${value}`) }))}
            />
            {kind === 'new' ? (
              <>
                <TextField
                  control={control}
                  name={`moreDisks.${index}.sizeGiB`}
                  label={t('newvm:label.diskSize')}
                  isRequired
                />
                <SelectField
                  control={control}
                  name={`moreDisks.${index}.domainId`}
                  label={t('newvm:label.diskDomain')}
                  choices={domainChoices(choices, t, format)}
                />
              </>
            ) : (
              <SelectField
                control={control}
                name={`moreDisks.${index}.diskId`}
                label={t('newvm:label.existingDisk')}
                hint={choices.disks.length === 0 ? t('newvm:hint.noDisk') : undefined}
                choices={diskChoices(choices, t)}
              />
            )}
            <Button variant="link" isInline onClick={() => remove(index)}>
              {t('newvm:more.removeDisk', { number })}
            </Button>
          </fieldset>
        )
      })}
      <Button
        variant="link"
        isInline
        isDisabled={fields.length >= DEVICES_MOST - 1}
        onClick={() => append({ kind: 'new', sizeGiB: '10', domainId: form.getValues('diskDomainId'), diskId: '' })}
      >
        {t('newvm:more.addDisk')}
      </Button>
    </>
  )
}

/** Network cards beside the first one. */
export function MoreNics({ form, choices, t }: Props) {
  const { control } = form
  const { fields, append, remove } = useFieldArray({ control, name: 'moreNics' })
  return (
    <>
      {fields.map(({ id }, index) => {
        const nic = form.watch(`moreNics.${index}.nic`)
        const number = index + 2
        return (
          <fieldset key={id} className="vd-part" aria-label={t('newvm:more.nic', { number })}>
            <SelectField
              control={control}
              name={`moreNics.${index}.nic`}
              label={t('newvm:more.nic', { number })}
              choices={networkChoices(choices, t)}
            />
            {nic === 'libvirt' || nic === 'bridge' ? (
              <TextField
                control={control}
                name={`moreNics.${index}.nicName`}
                label={t(`newvm:label.nicName.${nic}`)}
                isRequired
              />
            ) : null}
            <Button variant="link" isInline onClick={() => remove(index)}>
              {t('newvm:more.removeNic', { number })}
            </Button>
          </fieldset>
        )
      })}
      <Button
        variant="link"
        isInline
        isDisabled={fields.length >= DEVICES_MOST - 1}
        onClick={() => {
          const [network] = choices.networks
          append({ nic: network === undefined ? 'libvirt' : `network:${network.id}`, nicName: 'default' })
        }}
      >
        {t('newvm:more.addNic')}
      </Button>
    </>
  )
}
