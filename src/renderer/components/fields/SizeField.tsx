import { FormSelect, FormSelectOption, TextInput } from '@patternfly/react-core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { describedBy, FieldFrame } from './FieldFrame.tsx'
import type { SizeUnit } from './typed-size.ts'

export interface TypedSize {
  readonly text: string
  readonly unit: SizeUnit
}

/** A number and its unit. */
export function SizeField(props: {
  readonly value: TypedSize
  readonly onChange: (value: TypedSize) => void
  readonly error: string | null
  readonly hint?: string
  readonly autoFocus?: boolean
}) {
  const { t } = useTranslation()
  const id = useId()
  const { value, error, hint } = props
  return (
    <FieldFrame id={id} label={t('disks:column.size')} hint={hint} error={error} isRequired>
      <div className="vd-size">
        <TextInput
          id={id}
          value={value.text}
          inputMode="decimal"
          autoComplete="off"
          autoFocus={props.autoFocus === true}
          validated={error === null ? 'default' : 'error'}
          onChange={(_event, text) => props.onChange({ ...value, text })}
          {...describedBy(id, hint, error)}
        />
        <FormSelect
          value={value.unit}
          aria-label={t('disks:form.unit')}
          onChange={(_event, unit) => props.onChange({ ...value, unit: unit as SizeUnit })}
        >
          <FormSelectOption value="mib" label="MiB" />
          <FormSelectOption value="gib" label="GiB" />
          <FormSelectOption value="tib" label="TiB" />
        </FormSelect>
      </div>
    </FieldFrame>
  )
}
