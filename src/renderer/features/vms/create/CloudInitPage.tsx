import { RadioField, TextAreaField, TextField } from '../../../components/fields/index.ts'
import type { PageProps } from './field-parts.ts'

/** What an image for clouds is told at its first start. */
export function CloudInitPage({ form, t }: PageProps) {
  const { control } = form
  const kind = form.watch('cloudInit')
  return (
    <>
      <RadioField
        control={control}
        name="cloudInit"
        label={t('newvm:label.cloudInit')}
        hint={t('newvm:hint.cloudInit')}
        choices={(['none', 'fields', 'raw'] as const).map((value) => ({ value, label: t(`newvm:cloudInit.${value}`) }))}
      />
      {kind === 'none' ? null : (
        <TextField
          control={control}
          name="hostName"
          label={t('newvm:label.hostName')}
          hint={t('newvm:hint.hostName')}
        />
      )}
      {kind !== 'fields' ? null : (
        <>
          <TextField control={control} name="user" label={t('newvm:label.user')} hint={t('newvm:hint.user')} />
          <TextField
            control={control}
            name="passwordHash"
            label={t('newvm:label.passwordHash')}
            hint={t('newvm:hint.passwordHash')}
            isSecret
          />
          <TextAreaField
            control={control}
            name="sshKeys"
            label={t('newvm:label.sshKeys')}
            hint={t('newvm:hint.lines')}
            rows={2}
          />
          <TextField control={control} name="packages" label={t('newvm:label.packages')} hint={t('newvm:hint.words')} />
          <TextAreaField
            control={control}
            name="runCommands"
            label={t('newvm:label.runCommands')}
            hint={t('newvm:hint.lines')}
            rows={2}
          />
          <TextField control={control} name="address" label={t('newvm:label.address')} hint={t('newvm:hint.address')} />
          <TextField control={control} name="gateway" label={t('newvm:label.gateway')} />
          <TextField
            control={control}
            name="nameServers"
            label={t('newvm:label.nameServers')}
            hint={t('newvm:hint.words')}
          />
        </>
      )}
      {kind !== 'raw' ? null : (
        <>
          <TextAreaField
            control={control}
            name="userData"
            label={t('newvm:label.userData')}
            rows={8}
            placeholder="#cloud-config"
          />
          <TextAreaField control={control} name="networkConfig" label={t('newvm:label.networkConfig')} rows={4} />
        </>
      )}
    </>
  )
}
