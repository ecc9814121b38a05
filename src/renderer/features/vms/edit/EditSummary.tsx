import { useTranslation } from 'react-i18next'
import type { VmEditField } from '../../../../shared/domain/index.ts'
import { Facts } from '../../../components/Card.tsx'
import { LABELS, writeValue } from './edit-fields.ts'
import type { VmEditForm } from './vm-edit-form.ts'

/** What the command calls a field of the form. */
const COMMAND_FIELDS: Partial<Record<keyof VmEditForm, VmEditField>> = {
  memory: 'memoryMiB',
  maxMemory: 'maxMemoryMiB',
  sockets: 'topology',
  cores: 'topology',
  threads: 'topology',
}

/** What a person has changed, each with when it takes effect. */
export function EditSummary(props: {
  readonly before: VmEditForm
  readonly after: VmEditForm
  readonly isRunning: boolean
  /** Null: all of it at the next start, or the machine does not run. */
  readonly effects: { readonly now: readonly VmEditField[] } | null
}) {
  const { t } = useTranslation()
  const { before, after, isRunning, effects } = props
  const fields = (Object.keys(LABELS) as (keyof typeof LABELS)[]).filter((field) => before[field] !== after[field])
  if (fields.length === 0) return <p className="vd-subtle">{t('vms:edit.nothing')}</p>
  const when = (field: keyof VmEditForm) => {
    const name = COMMAND_FIELDS[field] ?? (field as VmEditField)
    if (!isRunning || name === 'autostart') return null
    return t(effects?.now.includes(name) === true ? 'vms:edit.now' : 'vms:edit.later')
  }
  return (
    <>
      <Facts
        isWide
        facts={fields.map((field): [string, string] => {
          const change = t('vms:edit.change', {
            before: writeValue(field, before[field], t),
            after: writeValue(field, after[field], t),
          })
          const effect = when(field)
          return [t(LABELS[field]), effect === null ? change : `${change} · ${effect}`]
        })}
      />
      {isRunning ? <p className="vd-subtle">{t('vms:edit.about')}</p> : null}
    </>
  )
}
