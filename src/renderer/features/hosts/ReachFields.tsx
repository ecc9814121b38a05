import type { UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { RadioField, SelectField, TextField } from '../../components/fields/index.ts'
import type { ReachForm } from './reach-form.ts'

interface FieldsProps {
  readonly form: UseFormReturn<ReachForm>
}

/** Where the host is, and as whom to sign in there. */
export function AddressFields({ form, autoFocus }: FieldsProps & { readonly autoFocus?: boolean }) {
  const { t } = useTranslation()
  return (
    <>
      <TextField
        control={form.control}
        name="address"
        label={t('hosts:form.address')}
        hint={t('hosts:form.addressHint')}
        isRequired
        autoFocus={autoFocus === true}
      />
      <UserFields form={form} />
    </>
  )
}

/** As whom to sign in, where, and on which way. */
export function UserFields({ form }: FieldsProps) {
  const { t } = useTranslation()
  const { control } = form
  return (
    <>
      <TextField control={control} name="user" label={t('hosts:form.user')} hint={t('hosts:form.userHint')} />
      <TextField control={control} name="port" label={t('hosts:form.port')} placeholder="22" />
      <TextField
        control={control}
        name="jumpHost"
        label={t('hosts:form.jumpHost')}
        hint={t('hosts:form.jumpHostHint')}
        placeholder="admin@gateway.example.org"
      />
    </>
  )
}

export function NameField({ form }: FieldsProps) {
  const { t } = useTranslation()
  return <TextField control={form.control} name="name" label={t('hosts:form.name')} hint={t('hosts:form.nameHint')} />
}

/** How the engine signs in on the host. Secrets are typed here and given to the engine, nowhere else. */
export function AuthenticationFields({ form, secretsKept = false }: FieldsProps & { readonly secretsKept?: boolean }) {
  const { t } = useTranslation()
  const { control } = form
  const hint = secretsKept ? t('hosts:form.secretKept') : undefined
  const chosen = form.watch('authentication')
  return (
    <>
      <RadioField
        control={control}
        name="authentication"
        label={t('hosts:form.authentication')}
        choices={(['agent', 'key', 'password'] as const).map((value) => ({ value, label: t(`hosts:auth.${value}`) }))}
      />
      {chosen === 'key' ? (
        <>
          <TextField
            control={control}
            name="privateKeyPath"
            label={t('hosts:form.privateKeyPath')}
            hint={t('hosts:form.privateKeyHint')}
            isRequired
            placeholder="~/.ssh/id_ed25519"
          />
          <TextField control={control} name="passphrase" label={t('hosts:form.passphrase')} isSecret hint={hint} />
        </>
      ) : null}
      {chosen === 'password' ? (
        <TextField
          control={control}
          name="password"
          label={t('hosts:form.password')}
          isSecret
          isRequired={!secretsKept}
          hint={hint}
        />
      ) : null}
    </>
  )
}

/** The system's daemon or the user's own. */
export function ModeField({ form }: FieldsProps) {
  const { t } = useTranslation()
  return (
    <SelectField
      control={form.control}
      name="libvirtMode"
      label={t('hosts:form.libvirtMode')}
      choices={(['system', 'session'] as const).map((value) => ({ value, label: t(`hosts:mode.${value}`) }))}
    />
  )
}
