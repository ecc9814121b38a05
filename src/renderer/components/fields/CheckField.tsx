import { Checkbox } from '@patternfly/react-core'
import { useId } from 'react'
import { type FieldValues, useController } from 'react-hook-form'
import type { FieldProps } from './TextField.tsx'

/** Something that is on or off, with what that means under it. */
export function CheckField<Values extends FieldValues>(props: FieldProps<Values>) {
  const id = useId()
  const { field } = useController({ control: props.control, name: props.name })
  return (
    <Checkbox
      id={id}
      label={props.label}
      description={props.hint}
      isChecked={field.value === true}
      onChange={(_event, checked) => field.onChange(checked)}
    />
  )
}
