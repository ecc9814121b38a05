import { FormSelect, FormSelectOption } from '@patternfly/react-core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { describedBy, FieldFrame } from '../../components/fields/index.ts'

const NEVER = -1
const HIGHEST = 10

/** How readily a host becomes storage manager of its datacenter. */
export function StorageManagerField(props: { readonly value: number; readonly onChange: (value: number) => void }) {
  const { t } = useTranslation()
  const id = useId()
  const hint = t('hosts:form.storageManagerHint')
  const priorities = Array.from({ length: HIGHEST + 1 }, (_unused, index) => HIGHEST - index)
  return (
    <FieldFrame id={id} label={t('hosts:form.storageManagerPriority')} hint={hint} error={null}>
      <FormSelect
        id={id}
        value={String(props.value)}
        onChange={(_event, value) => props.onChange(Number(value))}
        {...describedBy(id, hint, null)}
      >
        {priorities.map((priority) => (
          <FormSelectOption key={priority} value={String(priority)} label={String(priority)} />
        ))}
        <FormSelectOption value={String(NEVER)} label={t('hosts:form.storageManagerNever')} />
      </FormSelect>
    </FieldFrame>
  )
}
