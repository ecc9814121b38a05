import { FormGroup, FormSelect, FormSelectOption } from '@patternfly/react-core'
import { useId, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { isBlockStorage, type StorageDomain, type StorageDomainId } from '../../../../shared/domain/index.ts'
import { compareTexts } from '../../../components/compare-texts.ts'
import { useFormat } from '../../../i18n/index.ts'
import { useCollection } from '../../../stores/index.ts'

/** The active data domains that have a folder, by name: those on LUNs hold no backups. */
export function useBackupDomains(): readonly StorageDomain[] {
  const { entities } = useCollection('storage-domains')
  return useMemo(
    () =>
      [...entities.values()]
        .filter(({ status, type, storage }) => status === 'active' && type === 'data' && !isBlockStorage(storage))
        .sort((one, other) => compareTexts(one.name, other.name)),
    [entities],
  )
}

/** One of them, with how much room each has. */
export function BackupDomainSelect(props: {
  readonly choices: readonly StorageDomain[]
  readonly value: StorageDomainId | null
  readonly onChange: (id: StorageDomainId) => void
  readonly autoFocus?: boolean
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const id = useId()
  const { choices, value } = props
  if (choices.length === 0) return <p>{t('disks:form.noDomain')}</p>
  return (
    <FormGroup label={t('vms:backups.column.domain')} fieldId={id}>
      <FormSelect
        id={id}
        value={value ?? ''}
        autoFocus={props.autoFocus === true}
        onChange={(_event, next) => props.onChange(next as StorageDomainId)}
      >
        {choices.map(({ id: domainId, name, availableBytes }) => (
          <FormSelectOption
            key={domainId}
            value={domainId}
            label={
              availableBytes === null ? name : t('disks:form.domainFree', { name, free: format.bytes(availableBytes) })
            }
          />
        ))}
      </FormSelect>
    </FormGroup>
  )
}
