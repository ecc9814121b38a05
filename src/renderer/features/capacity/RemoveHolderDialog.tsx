import { Button } from '@patternfly/react-core'
import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { CommandName } from '../../../shared/contract/index.ts'
import type { Reference, WireError } from '../../../shared/errors/index.ts'
import { DialogFrame } from '../../components/dialog/index.ts'
import { Name } from '../../components/Name.tsx'
import { describeError } from '../../i18n/index.ts'
import { kindOf } from '../../kinds/index.ts'
import {
  closeDialog,
  type EntityName,
  isEntityName,
  showEntity,
  useConnection,
  useGroupVerdicts,
} from '../../stores/index.ts'

/**
 * Asks before something is removed that can hold other things. While it does, what it holds is listed with links, and the answer
 * changes by itself when the last of it has gone.
 */
export function RemoveHolderDialog(props: {
  readonly kind: EntityName
  readonly id: string
  readonly command: CommandName
  readonly title: string
  readonly body: string
  readonly onRemove: () => void
}) {
  const { t } = useTranslation()
  const { kind, id, command } = props
  const isOpen = useConnection() === 'open'
  const ids = useMemo(() => [id], [id])
  const verdict = useGroupVerdicts({ calls: [{ command, input: {} }], kind, ids, list: false })?.[0]
  const refusal = verdict === undefined || verdict.allowed > 0 ? null : (verdict.refused[0]?.error ?? null)
  return (
    <DialogFrame
      size="small"
      isWarning
      isQuestion
      title={props.title}
      footer={
        <>
          <Button
            variant="danger"
            isDisabled={!isOpen || verdict === undefined || refusal !== null}
            onClick={props.onRemove}
          >
            {t('clusters:remove.do')}
          </Button>
          <Button variant="link" onClick={closeDialog} autoFocus>
            {t(refusal === null ? 'common:cancel' : 'common:close')}
          </Button>
        </>
      }
    >
      {refusal === null ? <p>{props.body}</p> : <Held error={refusal} />}
    </DialogFrame>
  )
}

/** Why it cannot be removed, and the way to each thing that stands in the way. */
function Held({ error }: { readonly error: WireError }) {
  const { t } = useTranslation()
  const { advice } = describeError(error, t)
  const references = (Array.isArray(error.params.references) ? error.params.references : []) as readonly Reference[]
  const count = Number(error.params.count ?? references.length)
  const [first] = references
  if (first === undefined || !isEntityName(first.kind)) return <p role="alert">{describeError(error, t).title}</p>
  const holds = t('clusters:remove.holds', { what: describeHeld(references, t) })
  return (
    <div role="alert">
      <p>{holds}</p>
      <ul className="vd-list" aria-label={holds}>
        {references.map((reference) => (
          <li key={reference.id}>
            <HeldThing reference={reference} />
          </li>
        ))}
        {count > references.length ? <li>{t('common:andMore', { count: count - references.length })}</li> : null}
      </ul>
      <p>{advice}</p>
    </div>
  )
}

/** "2 clusters, 1 storage domain": how many of each kind are named. Pure. */
function describeHeld(references: readonly Reference[], t: TFunction): string {
  const kinds = [...new Set(references.map(({ kind }) => kind))].filter(isEntityName)
  const countOf = (wanted: EntityName) => references.filter(({ kind }) => kind === wanted).length
  return kinds.map((kind) => kindOf(kind).words.count(t, countOf(kind))).join(', ')
}

function HeldThing({ reference: { kind, id, name } }: { readonly reference: Reference }) {
  if (!isEntityName(kind)) return <Name>{name}</Name>
  const { Icon } = kindOf(kind)
  return (
    <button
      type="button"
      className="vd-cell-link"
      onClick={() => {
        closeDialog()
        showEntity(kind, id as never)
      }}
    >
      <Icon /> <Name>{name}</Name>
    </button>
  )
}
