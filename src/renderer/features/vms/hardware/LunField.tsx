import { Button } from '@patternfly/react-core'
import { useState } from 'react'
import type { Control } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { Lun, Vm } from '../../../../shared/domain/index.ts'
import type { WireError } from '../../../../shared/errors/index.ts'
import { ErrorDetails } from '../../../components/ErrorDetails.tsx'
import { SelectField } from '../../../components/fields/index.ts'
import { useFormat } from '../../../i18n/index.ts'
import { rememberDialog, useEngineClient, useEntity } from '../../../stores/index.ts'
import type { AttachForm } from './attach-form.ts'

interface LunFieldProps {
  readonly control: Control<AttachForm>
  readonly vm: Vm
}

/** A LUN of those that the machine's host sees, and that nobody has; found when it is asked for. */
export function LunField({ control, vm }: LunFieldProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const client = useEngineClient()
  const datacenterId = useEntity('clusters', vm.clusterId)?.datacenterId
  const [luns, setLuns] = useState<readonly Lun[] | null>(null)
  const [error, setError] = useState<WireError | null>(null)
  const [isBusy, setBusy] = useState(false)
  const find = async () => {
    if (datacenterId === undefined) return
    const isOpen = rememberDialog()
    setBusy(true)
    const result = await client.call('storage.list-luns', { datacenterId })
    if (!isOpen()) return
    setBusy(false)
    setError(
      result.ok ? (result.value.failures.find(({ hostId }) => hostId === vm.hostId)?.error ?? null) : result.error,
    )
    if (result.ok) setLuns(result.value.luns.filter((lun) => canBeGiven(lun, vm)))
  }
  return (
    <>
      <div>
        <Button variant="secondary" size="sm" isLoading={isBusy} isDisabled={isBusy} onClick={() => void find()}>
          {t('storage:luns.find')}
        </Button>
      </div>
      <div aria-live="polite">
        {error === null ? null : (
          <div className="vd-failure" role="alert">
            <ErrorDetails error={error} />
          </div>
        )}
      </div>
      <SelectField
        control={control}
        name="lunId"
        label={t('vms:hardware.attach.lun')}
        hint={luns !== null && luns.length === 0 ? t('storage:luns.none') : t('vms:hardware.attach.lunHint')}
        choices={[
          { value: '', label: t('vms:hardware.attach.lunChoose') },
          ...(luns ?? []).map(({ lunId, sizeBytes, vendor, model }) => ({
            value: lunId,
            label: `${lunId} · ${t('storage:luns.line', { size: format.bytes(sizeBytes), model: `${vendor} ${model}`.trim() })}`,
          })),
        ]}
      />
    </>
  )
}

/** Its host sees it, and no storage domain lies on it. What a guest has written there is no reason against it. */
function canBeGiven({ hosts, storageDomainId, use }: Lun, { hostId }: Vm): boolean {
  return storageDomainId === null && use.kind !== 'device' && hosts.some((host) => host.hostId === hostId)
}
