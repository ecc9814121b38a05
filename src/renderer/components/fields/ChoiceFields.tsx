import {
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  Radio,
} from '@patternfly/react-core'
import { useId } from 'react'
import { type FieldValues, useController } from 'react-hook-form'
import { describedBy, FieldFrame } from './FieldFrame.tsx'
import type { FieldProps } from './TextField.tsx'

type ChoiceProps<Values extends FieldValues> = FieldProps<Values> & {
  readonly choices: readonly { readonly value: string; readonly label: string }[]
}

/** One of a few, all in view. */
export function RadioField<Values extends FieldValues>(props: ChoiceProps<Values>) {
  const id = useId()
  const { field } = useController({ control: props.control, name: props.name })
  return (
    <FormGroup role="radiogroup" label={props.label} fieldId={id} isInline isStack>
      <div className="vd-radios">
        {props.choices.map(({ value, label }) => (
          <Radio
            key={value}
            id={`${id}-${value}`}
            name={`${id}-${field.name}`}
            label={label}
            isChecked={field.value === value}
            onChange={() => field.onChange(value)}
          />
        ))}
      </div>
      {props.hint === undefined ? null : (
        <FormHelperText>
          <HelperText>
            <HelperTextItem>{props.hint}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  )
}

/** One of several, in a list that opens. */
export function SelectField<Values extends FieldValues>(
  props: ChoiceProps<Values> & {
    /** What else follows from a person's choice. */
    readonly onChosen?: (value: string) => void
  },
) {
  const id = useId()
  const { field, fieldState } = useController({ control: props.control, name: props.name })
  const error = fieldState.error?.message ?? null
  return (
    <FieldFrame id={id} label={props.label} hint={props.hint} error={error}>
      <FormSelect
        id={id}
        ref={field.ref}
        value={field.value}
        onChange={(_event, value) => {
          field.onChange(value)
          props.onChosen?.(value)
        }}
        onBlur={field.onBlur}
        validated={error === null ? 'default' : 'error'}
        {...describedBy(id, props.hint, error)}
      >
        {props.choices.map(({ value, label }) => (
          <FormSelectOption key={value} value={value} label={label} />
        ))}
      </FormSelect>
    </FieldFrame>
  )
}
