import { FormGroup, FormSelect, FormSelectOption } from '@patternfly/react-core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { StorageDomain, StorageDomainId } from '../../../shared/domain/index.ts'
import { useFormat } from '../../i18n/index.ts'

/** One of the domains, with how much room each has. */
export function DomainSelect(props: {
  readonly choices: readonly StorageDomain[]
  readonly value: StorageDomainId | null
  readonly onChange: (id: StorageDomainId) => void
  /** The first thing that is asked. */
  readonly autoFocus?: boolean
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const id = useId()
  const { choices, value } = props
  if (choices.length === 0) return <p>{t('disks:form.noDomain')}</p>
  return (
    <FormGroup label={t('disks:column.domain')} fieldId={id}>
      <FormSelect
        id={id}
        value={value ?? ''}
        autoFocus={props.autoFocus === true}
        onChange={(_event, next) => props.onChange(next as StorageDomainId)}
      >
        {choices.map((domain) => (
          <FormSelectOption
            key={domain.id}
            value={domain.id}
            label={
              domain.availableBytes === null
                ? domain.name
                : t('disks:form.domainFree', { name: domain.name, free: format.bytes(domain.availableBytes) })
            }
          />
        ))}
      </FormSelect>
    </FormGroup>
  )
}
