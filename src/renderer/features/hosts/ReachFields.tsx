import {
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  Radio,
  TextInput,
} from '@patternfly/react-core'
import { Controller, type FieldErrors, type UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { ReachForm } from './reach-form.ts'

type TextFieldName = Exclude<keyof ReachForm, 'authentication' | 'libvirtMode'>

/** A labelled text field whose error stands under it. */
export function TextField(props: {
  readonly form: UseFormReturn<ReachForm>
  readonly name: TextFieldName
  readonly hint?: string
  readonly secret?: boolean
  readonly required?: boolean
  readonly placeholder?: string
  readonly autoFocus?: boolean
}) {
  const { t } = useTranslation()
  const id = `reach-${props.name}`
  const error = messageOf(props.form.formState.errors, props.name)
  const helper = error === null ? props.hint : (t(error, { defaultValue: error }) as string)
  return (
    <FormGroup label={t(`hosts:form.${props.name}`)} fieldId={id} isRequired={props.required === true}>
      <Controller
        control={props.form.control}
        name={props.name}
        render={({ field }) => (
          <TextInput
            id={id}
            ref={field.ref}
            name={field.name}
            value={field.value}
            onChange={(_event, value) => field.onChange(value)}
            onBlur={field.onBlur}
            type={props.secret === true ? 'password' : 'text'}
            autoComplete={props.secret === true ? 'new-password' : 'off'}
            spellCheck={false}
            isRequired={props.required === true}
            validated={error === null ? 'default' : 'error'}
            {...(helper === undefined ? {} : { 'aria-describedby': `${id}-help` })}
            {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
            autoFocus={props.autoFocus === true}
          />
        )}
      />
      {helper === undefined ? null : (
        <FormHelperText>
          <HelperText id={`${id}-help`} isLiveRegion={error !== null}>
            <HelperTextItem variant={error === null ? 'default' : 'error'}>{helper}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  )
}

function messageOf(errors: FieldErrors<ReachForm>, name: TextFieldName): string | null {
  return errors[name]?.message ?? null
}

/** How the engine signs in on the host. Secrets are typed here and given to the engine, nowhere else. */
export function AuthenticationFields(props: {
  readonly form: UseFormReturn<ReachForm>
  readonly secretsKept?: boolean
}) {
  const { t } = useTranslation()
  const { form } = props
  const kept = props.secretsKept === true ? { hint: t('hosts:form.secretKept') } : {}
  const chosen = form.watch('authentication')
  return (
    <>
      <FormGroup
        role="radiogroup"
        label={t('hosts:form.authentication')}
        fieldId="reach-authentication"
        isInline
        isStack
      >
        <Controller
          control={form.control}
          name="authentication"
          render={({ field }) => (
            <div className="vd-radios">
              {(['agent', 'key', 'password'] as const).map((value) => (
                <Radio
                  key={value}
                  id={`reach-authentication-${value}`}
                  name={field.name}
                  label={t(`hosts:auth.${value}`)}
                  isChecked={field.value === value}
                  onChange={() => field.onChange(value)}
                />
              ))}
            </div>
          )}
        />
      </FormGroup>
      {chosen === 'key' ? (
        <>
          <TextField
            form={form}
            name="privateKeyPath"
            hint={t('hosts:form.privateKeyHint')}
            required
            placeholder="~/.ssh/id_ed25519"
          />
          <TextField form={form} name="passphrase" secret {...kept} />
        </>
      ) : null}
      {chosen === 'password' ? (
        <TextField form={form} name="password" secret required={props.secretsKept !== true} {...kept} />
      ) : null}
    </>
  )
}

/** The system's daemon or the user's own. */
export function ModeField({ form }: { readonly form: UseFormReturn<ReachForm> }) {
  const { t } = useTranslation()
  return (
    <FormGroup label={t('hosts:form.libvirtMode')} fieldId="reach-mode">
      <Controller
        control={form.control}
        name="libvirtMode"
        render={({ field }) => (
          <FormSelect id="reach-mode" value={field.value} onChange={(_event, value) => field.onChange(value)}>
            {(['system', 'session'] as const).map((mode) => (
              <FormSelectOption key={mode} value={mode} label={t(`hosts:mode.${mode}`)} />
            ))}
          </FormSelect>
        )}
      />
    </FormGroup>
  )
}
