import { FormGroup, FormHelperText, HelperText, HelperTextItem } from '@patternfly/react-core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** A field's label, its hint, and in the hint's place what is wrong with it. `error` is a catalog key or a text. */
export function FieldFrame(props: {
  readonly id: string
  readonly label: string
  readonly hint?: string | undefined
  readonly error: string | null
  readonly isRequired?: boolean
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  const { id, error, hint } = props
  const helper = error === null ? hint : (t(error, { defaultValue: error }) as string)
  return (
    <FormGroup label={props.label} fieldId={id} isRequired={props.isRequired === true}>
      {props.children}
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

/** What a control needs to be told with its hint or error. */
export function describedBy(id: string, hint: string | undefined, error: string | null) {
  return hint === undefined && error === null ? {} : { 'aria-describedby': `${id}-help` }
}
