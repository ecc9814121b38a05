import { Button, Checkbox } from '@patternfly/react-core'
import type { TFunction } from 'i18next'
import { useId } from 'react'
import { type UseFormReturn, useController } from 'react-hook-form'
import type { IscsiTarget } from '../../../shared/domain/index.ts'
import { FieldFrame, TextField } from '../../components/fields/index.ts'
import type { StorageForm } from './storage-form.ts'
import type { LunSearch } from './use-lun-search.ts'

interface TargetProps {
  readonly form: UseFormReturn<StorageForm>
  readonly search: LunSearch
  readonly t: TFunction
}

/** Which iSCSI targets, found through a portal, and whom they let in. */
export function TargetFields({ form, search, t }: TargetProps) {
  const { control, watch } = form
  return (
    <>
      <TextField
        control={control}
        name="portal"
        label={t('storage:label.portal')}
        hint={t('storage:form.portalHint')}
        placeholder="10.0.0.5:3260"
        isRequired
      />
      <div>
        <Button
          variant="secondary"
          size="sm"
          isLoading={search.busy === 'targets'}
          isDisabled={search.busy !== null || watch('portal').trim() === ''}
          onClick={() => void search.findTargets()}
        >
          {t('storage:luns.findTargets')}
        </Button>
      </div>
      <TargetChoice form={form} search={search} t={t} />
      <TextField
        control={control}
        name="chapUser"
        label={t('storage:label.chapUser')}
        hint={t('storage:form.chapHint')}
      />
      {watch('chapUser').trim() === '' ? null : (
        <TextField control={control} name="chapPassword" label={t('storage:label.chapPassword')} isSecret isRequired />
      )}
    </>
  )
}

function TargetChoice({ form, search, t }: TargetProps) {
  const id = useId()
  const { field, fieldState } = useController({ control: form.control, name: 'targets' })
  const chosen = field.value
  // Those that were chosen stay in view while another portal is asked.
  const shown = [...chosen, ...(search.targets ?? []).filter((target) => !includes(chosen, target))].sort(byName)
  const error = fieldState.error?.message ?? null
  return (
    <FieldFrame id={id} label={t('storage:label.targets')} error={error} isRequired>
      {/* biome-ignore lint/a11y/useSemanticElements: PatternFly lays forms out by divisions. */}
      <div id={id} role="group" aria-label={t('storage:label.targets')}>
        {shown.map((target) => (
          <Checkbox
            key={keyOf(target)}
            id={`${id}-${keyOf(target)}`}
            label={target.target}
            description={target.portal}
            isChecked={includes(chosen, target)}
            onChange={(_event, isChosen) =>
              field.onChange(isChosen ? [...chosen, target] : chosen.filter((one) => keyOf(one) !== keyOf(target)))
            }
          />
        ))}
        {shown.length > 0 ? null : (
          <p className="vd-subtle">
            {t(search.targets === null ? 'storage:luns.askPortal' : 'storage:luns.noTargets')}
          </p>
        )}
      </div>
    </FieldFrame>
  )
}

function keyOf({ portal, target }: IscsiTarget): string {
  return `${target} ${portal}`
}

function includes(targets: readonly IscsiTarget[], target: IscsiTarget): boolean {
  return targets.some((one) => keyOf(one) === keyOf(target))
}

function byName(one: IscsiTarget, other: IscsiTarget): number {
  return keyOf(one) < keyOf(other) ? -1 : 1
}
