import { TextArea } from '@patternfly/react-core'
import { useId } from 'react'
import { type FieldValues, useController } from 'react-hook-form'
import { describedBy, FieldFrame } from './FieldFrame.tsx'
import type { FieldProps } from './TextField.tsx'

/** A labelled field of several lines; what is wrong with it stands under it. */
export function TextAreaField<Values extends FieldValues>(
  props: FieldProps<Values> & {
    readonly rows: number
    readonly isRequired?: boolean
    readonly placeholder?: string
    readonly autoFocus?: boolean
  },
) {
  const id = useId()
  const { hint, isRequired = false } = props
  const { field, fieldState } = useController({ control: props.control, name: props.name })
  const error = fieldState.error?.message ?? null
  return (
    <FieldFrame id={id} label={props.label} hint={hint} error={error} isRequired={isRequired}>
      <TextArea
        id={id}
        ref={field.ref}
        name={field.name}
        value={field.value}
        onChange={(_event, value) => field.onChange(value)}
        onBlur={field.onBlur}
        rows={props.rows}
        resizeOrientation="vertical"
        autoComplete="off"
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
