import { HelperText, HelperTextItem } from '@patternfly/react-core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { decideEstimate, type HostId, type MigrationEstimate, type VmId } from '../../../shared/domain/index.ts'
import { useEngineClient } from '../../stores/index.ts'

interface MigrationEstimateLineProps {
  readonly vmId: VmId
  /** Null: whichever host it will be. */
  readonly hostId: HostId | null
  readonly limitMiBs: number | null
}

/** How long the machine would be on its way: measured when its host is asked, worked out anew when the limit changes. */
export function MigrationEstimateLine({ vmId, hostId, limitMiBs }: MigrationEstimateLineProps) {
  const { t } = useTranslation()
  const measured = useEstimate(vmId, hostId)
  if (measured === null) return <EstimateText isWarning={false} text={t('vms:migrate.estimate.measuring')} />
  if (measured === 'unknown') return null
  const { memoryMiB, dirtyMiBs, bandwidthMiBs: measuredMiBs } = measured
  const estimate = decideEstimate({ memoryMiB, dirtyMiBs, limitMiBs, measuredMiBs })
  const { seconds, converges, bandwidthMiBs, bandwidthFrom } = estimate
  const what =
    dirtyMiBs === null
      ? t('vms:migrate.estimate.memory', { memoryMiB })
      : t('vms:migrate.estimate.dirty', { memoryMiB, dirtyMiBs })
  if (converges === false)
    return (
      <EstimateText
        isWarning
        text={`${what} ${t('vms:migrate.estimate.never', { bandwidthMiBs: bandwidthMiBs ?? 0 })}`}
      />
    )
  const howLong =
    seconds === null || bandwidthFrom === null
      ? t('vms:migrate.estimate.noPace')
      : t(`vms:migrate.estimate.${bandwidthFrom}`, { seconds, bandwidthMiBs: bandwidthMiBs ?? 0 })
  return <EstimateText isWarning={false} text={`${what} ${howLong}`} />
}

function EstimateText({ text, isWarning }: { readonly text: string; readonly isWarning: boolean }) {
  return (
    <HelperText role="status">
      <HelperTextItem variant={isWarning ? 'warning' : 'default'}>{text}</HelperTextItem>
    </HelperText>
  )
}

/** Null: being measured. A host that cannot be asked leaves the dialog as it is without. */
function useEstimate(vmId: VmId, hostId: HostId | null): MigrationEstimate | 'unknown' | null {
  const client = useEngineClient()
  const [told, setTold] = useState<MigrationEstimate | 'unknown' | null>(null)
  useEffect(() => {
    let isCurrent = true
    setTold(null)
    const input = hostId === null ? { vmId } : { vmId, hostId }
    void client.call('vm.migration-estimate', input).then((result) => {
      if (isCurrent) setTold(result.ok ? result.value : 'unknown')
    })
    return () => {
      isCurrent = false
    }
  }, [client, vmId, hostId])
  return told
}
