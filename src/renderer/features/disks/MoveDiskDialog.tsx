import { FormGroup, FormSelect, FormSelectOption, TextInput } from '@patternfly/react-core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Disk, DiskId } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { describedBy, FieldFrame } from '../../components/fields/index.ts'
import { useDialogCommand, useEntity, useVerdicts } from '../../stores/index.ts'
import { DomainSelect } from './DomainSelect.tsx'
import { useDomainChoices } from './use-domain-choices.ts'

const FOR_DISKS = ['data'] as const
const FOR_IMAGES = ['data', 'iso'] as const
const FORMATS = ['qcow2', 'raw'] as const
type Format = (typeof FORMATS)[number]

/** Moves a disk to another domain, also while its machine runs. */
export function MoveDiskDialog({ diskId }: { readonly diskId: DiskId }) {
  const disk = useEntity('disks', diskId)
  return disk === undefined ? null : <MoveForm disk={disk} />
}

function MoveForm({ disk }: { readonly disk: Disk }) {
  const { t } = useTranslation()
  const ids = { format: useId(), limit: useId() }
  const all = useDomainChoices(disk.kind === 'image' ? FOR_IMAGES : FOR_DISKS)
  const choices = all.filter(({ id }) => id !== disk.storageDomainId)
  const [chosen, setChosen] = useState<Disk['storageDomainId'] | null>(null)
  const [format, setFormat] = useState<Format | ''>('')
  const [limit, setLimit] = useState('')
  const { isBusy, error, run } = useDialogCommand('disk.move', disk.name)
  const target = chosen ?? choices[0]?.id ?? null
  const others = FORMATS.filter((each) => each !== disk.format)
  const isConvertible = disk.kind === 'disk' && others.length < FORMATS.length
  const [user] = disk.usedBy
  const isRunning = user?.running === true
  const isLimitWrong = isRunning && !/^(?:[1-9]\d{0,5})?$/.test(limit.trim())
  const limitError = isLimitWrong ? t('disks:move.limitWrong') : null
  const wish = { ...(format === '' ? {} : { format }) }
  // What the engine would say to it is said before it is asked to.
  const question = { command: 'disk.move' as const, input: { diskId: disk.id, storageDomainId: target, ...wish } }
  const [verdict] = useVerdicts(target === null ? [] : [question], disk)
  const refusal = verdict ?? null
  return (
    <FormDialog
      title={t('disks:move.title', { name: disk.name })}
      label={t('disks:move.do')}
      busyLabel={t('disks:move.busy')}
      isBusy={isBusy}
      isDisabled={target === null || isLimitWrong || refusal !== null}
      error={error ?? (isBusy ? null : refusal)}
      onSubmit={() => {
        if (target === null) return
        const limited = isRunning && limit.trim() !== '' ? { maxMiBPerSecond: Number(limit) } : {}
        void run({ diskId: disk.id, storageDomainId: target, ...wish, ...limited })
      }}
    >
      <p>
        {user === undefined
          ? t('disks:move.body')
          : t(isRunning ? 'disks:move.bodyRunning' : 'disks:move.bodyStopped', { vm: user.name })}
      </p>
      <DomainSelect choices={choices} value={target} onChange={setChosen} autoFocus />
      {isConvertible ? (
        <FormGroup label={t('disks:move.format')} fieldId={ids.format}>
          <FormSelect id={ids.format} value={format} onChange={(_event, value) => setFormat(value as Format | '')}>
            <FormSelectOption value="" label={t('disks:move.keep', { format: disk.format })} />
            {others.map((each) => (
              <FormSelectOption key={each} value={each} label={each} />
            ))}
          </FormSelect>
        </FormGroup>
      ) : null}
      {isRunning ? (
        <FieldFrame id={ids.limit} label={t('disks:move.limit')} hint={t('disks:move.limitHint')} error={limitError}>
          <TextInput
            id={ids.limit}
            value={limit}
            inputMode="numeric"
            validated={isLimitWrong ? 'error' : 'default'}
            {...describedBy(ids.limit, t('disks:move.limitHint'), limitError)}
            onChange={(_event, value) => setLimit(value)}
          />
        </FieldFrame>
      ) : null}
    </FormDialog>
  )
}
