import { FormGroup, FormSelect, FormSelectOption } from '@patternfly/react-core'
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClusterId, StorageDomainId, VmId } from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { showVm, useCollection, useDialogCommand, useEntity } from '../../stores/index.ts'

export interface RegisterVmDialogProps {
  readonly storageDomainId: StorageDomainId
  readonly vmId: VmId
  /** As the domain describes it. */
  readonly name: string
}

/** Asks in which cluster a machine is to be that a domain describes. */
export function RegisterVmDialog({ storageDomainId, vmId, name }: RegisterVmDialogProps) {
  const { t } = useTranslation()
  const id = useId()
  const domain = useEntity('storage-domains', storageDomainId)
  const { entities } = useCollection('clusters')
  const datacenterId = domain?.datacenterId ?? null
  const clusters = useMemo(
    () =>
      [...entities.values()]
        .filter((cluster) => cluster.datacenterId === datacenterId)
        .sort((a, b) => compareTexts(a.name, b.name)),
    [entities, datacenterId],
  )
  const [chosen, setChosen] = useState<ClusterId | null>(null)
  const { isBusy, error, run } = useDialogCommand('storage.register-vm', name)
  const clusterId = chosen ?? clusters[0]?.id ?? null
  const register = async () => {
    const made = clusterId === null ? null : await run({ storageDomainId, vmId, clusterId })
    if (made !== null) showVm(made.vmId)
  }
  return (
    <FormDialog
      title={t('storage:register.title', { name })}
      label={t('storage:candidates.register')}
      busyLabel={t('storage:register.busy')}
      isBusy={isBusy}
      isDisabled={clusterId === null}
      error={error}
      onSubmit={() => void register()}
    >
      <p>{t('storage:register.body')}</p>
      <FormGroup label={t('storage:candidates.cluster')} fieldId={id}>
        <FormSelect id={id} value={clusterId ?? ''} onChange={(_event, value) => setChosen(value as ClusterId)}>
          {clusters.map(({ id: own, name: label }) => (
            <FormSelectOption key={own} value={own} label={label} />
          ))}
        </FormSelect>
      </FormGroup>
    </FormDialog>
  )
}
