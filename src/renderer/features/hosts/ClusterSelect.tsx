import { FormSelect, FormSelectOption } from '@patternfly/react-core'
import { useId, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClusterId } from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'
import { describedBy, FieldFrame } from '../../components/fields/index.ts'
import { useCollection } from '../../stores/index.ts'

/** A cluster that a host can belong to, with its datacenter in its label. */
interface ClusterChoice {
  readonly id: ClusterId
  readonly label: string
}

/** All clusters, as "datacenter / cluster", in that order. */
export function useClusterChoices(): readonly ClusterChoice[] {
  const { entities: clusters } = useCollection('clusters')
  const { entities: datacenters } = useCollection('datacenters')
  return useMemo(
    () =>
      [...clusters.values()]
        .map(({ id, name, datacenterId }) => ({ id, label: `${datacenters.get(datacenterId)?.name ?? '…'} / ${name}` }))
        .sort((a, b) => compareTexts(a.label, b.label)),
    [clusters, datacenters],
  )
}

/** The cluster that a host is to belong to. */
export function ClusterSelect(props: {
  readonly choices: readonly ClusterChoice[]
  readonly value: ClusterId | null
  readonly onChange: (id: ClusterId) => void
}) {
  const { t } = useTranslation()
  const id = useId()
  const hint = t('hosts:form.clusterHint')
  return (
    <FieldFrame id={id} label={t('hosts:form.cluster')} hint={hint} error={null}>
      <FormSelect
        id={id}
        value={props.value ?? ''}
        onChange={(_event, value) => props.onChange(value as ClusterId)}
        {...describedBy(id, hint, null)}
      >
        {props.choices.map((choice) => (
          <FormSelectOption key={choice.id} value={choice.id} label={choice.label} />
        ))}
      </FormSelect>
    </FieldFrame>
  )
}
