import { TextInput } from '@patternfly/react-core'
import { useId } from 'react'
import { type Control, type FieldPath, type FieldValues, useController } from 'react-hook-form'
import { describedBy, FieldFrame } from './FieldFrame.tsx'

export interface FieldProps<Values extends FieldValues> {
  readonly control: Control<Values>
  readonly name: FieldPath<Values>
  readonly label: string
  readonly hint?: string | undefined
}

/** A labelled text field of a form; what is wrong with it stands under it. */
export function TextField<Values extends FieldValues>(
  props: FieldProps<Values> & {
    /** Not shown as it is typed, and no business of the browser's password store. */
    readonly isSecret?: boolean
    readonly isRequired?: boolean
    readonly placeholder?: string
    readonly autoFocus?: boolean
  },
) {
  const id = useId()
  const { isSecret = false, isRequired = false, hint } = props
  const { field, fieldState } = useController({ control: props.control, name: props.name })
  const error = fieldState.error?.message ?? null
  return (
    <FieldFrame id={id} label={props.label} hint={hint} error={error} isRequired={isRequired}>
      <TextInput
        id={id}
        ref={field.ref}
        name={field.name}
        value={field.value}
        onChange={(_event, value) => field.onChange(value)}
        onBlur={field.onBlur}
        type={isSecret ? 'password' : 'text'}
        autoComplete={isSecret ? 'new-password' : 'off'}
        spellCheck={false}
        isRequired={isRequired}
        validated={error === null ? 'default' : 'error'}
        autoFocus={props.autoFocus === true}
        {...describedBy(id, hint, error)}
        {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
      />
    </FieldFrame>
  )
}
