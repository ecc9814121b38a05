import { Button, Checkbox } from '@patternfly/react-core'
import type { TFunction } from 'i18next'
import { useId } from 'react'
import { type UseFormReturn, useController } from 'react-hook-form'
import type { Lun } from '../../../shared/domain/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { FieldFrame } from '../../components/fields/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { decideLunChoice, type LunPurpose } from './decide-lun-choice.ts'
import type { StorageForm } from './storage-form.ts'
import { TargetFields } from './TargetFields.tsx'
import type { LunSearch } from './use-lun-search.ts'

interface LunProps {
  readonly form: UseFormReturn<StorageForm>
  readonly search: LunSearch
  readonly purpose: LunPurpose
  readonly t: TFunction
}

/** Which LUNs: of iSCSI targets, or of those that the hosts see by themselves. */
export function LunFields({ form, search, purpose, t }: LunProps) {
  const isReady = form.watch('kind') === 'fc' || form.watch('targets').length > 0
  return (
    <>
      {form.watch('kind') === 'iscsi' ? <TargetFields form={form} search={search} t={t} /> : null}
      <div>
        <Button
          variant="secondary"
          size="sm"
          isLoading={search.busy === 'luns'}
          isDisabled={search.busy !== null || !isReady}
          onClick={() => void search.findLuns()}
        >
          {t('storage:luns.find')}
        </Button>
      </div>
      <div aria-live="polite">
        {search.error === null ? null : (
          <div className="vd-failure" role="alert">
            <ErrorDetails error={search.error} />
          </div>
        )}
        {(search.found?.failures ?? []).map(({ hostId, error }) => (
          <div key={hostId} className="vd-failure" role="alert">
            <ErrorDetails error={error} />
          </div>
        ))}
      </div>
      <LunChoice form={form} search={search} purpose={purpose} t={t} />
    </>
  )
}

function LunChoice({ form, search, purpose, t }: LunProps) {
  const id = useId()
  const format = useFormat()
  const { field, fieldState } = useController({ control: form.control, name: 'lunIds' })
  const luns = search.found?.luns ?? []
  const chosen = field.value
  const unseen = chosen.filter((lunId) => !luns.some((lun) => lun.lunId === lunId))
  const choose = (lun: Lun, isChosen: boolean) => {
    // A domain is imported with all LUNs that it lies on.
    const together =
      purpose === 'import' ? luns.filter(({ storageDomainId }) => storageDomainId === lun.storageDomainId) : [lun]
    const ids = together.map(({ lunId }) => lunId)
    const rest = purpose === 'import' ? [] : chosen.filter((lunId) => !ids.includes(lunId))
    field.onChange(isChosen ? [...rest, ...ids] : rest)
  }
  return (
    <FieldFrame id={id} label={t('storage:label.luns')} error={fieldState.error?.message ?? null} isRequired>
      {/* biome-ignore lint/a11y/useSemanticElements: PatternFly lays forms out by divisions. */}
      <div id={id} role="group" aria-label={t('storage:label.luns')}>
        {luns.map((lun) => {
          const obstacle = decideLunChoice(lun, purpose)
          const isChosen = chosen.includes(lun.lunId)
          const size = format.bytes(lun.sizeBytes)
          return (
            <Checkbox
              key={lun.lunId}
              id={`${id}-${lun.lunId}`}
              label={t('storage:luns.line', { size, model: [lun.vendor, lun.model].join(' ').trim() })}
              description={
                <>
                  <code className="vd-break">{lun.lunId}</code> · {describeUse(lun, t)}
                  {obstacle === 'not-on-all' ? ` · ${t('storage:luns.notOnAll')}` : ''}
                </>
              }
              isChecked={isChosen}
              isDisabled={obstacle !== null && !isChosen}
              onChange={(_event, checked) => choose(lun, checked)}
            />
          )
        })}
        {unseen.map((lunId) => (
          <Checkbox
            key={lunId}
            id={`${id}-${lunId}`}
            label={lunId}
            isChecked
            onChange={() => field.onChange(chosen.filter((one) => one !== lunId))}
          />
        ))}
        {luns.length + unseen.length > 0 ? null : (
          <p className="vd-subtle">{t(search.found === null ? 'storage:luns.ask' : 'storage:luns.none')}</p>
        )}
      </div>
    </FieldFrame>
  )
}

function describeUse({ use: { kind, name } }: Lun, t: TFunction): string {
  return t(`storage:luns.use.${kind}`, { name: name ?? '' })
}
