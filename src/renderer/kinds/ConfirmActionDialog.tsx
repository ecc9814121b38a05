import { Button, Checkbox, Form, FormGroup, TextInput } from '@patternfly/react-core'
import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { GroupVerdict } from '../../shared/contract/index.ts'
import { DialogFrame } from '../components/dialog/index.ts'
import { ErrorDetails } from '../components/ErrorDetails.tsx'
import { Name } from '../components/Name.tsx'
import { describeErrorKind } from '../i18n/index.ts'
import { closeDialog, type EntityName, setPreferences, useConnection, useGroupVerdicts } from '../stores/index.ts'
import type { EntityAction, EntityKind } from './entity-kind.ts'
import { kindOf } from './registry.ts'
import { useRunAction } from './run-action.ts'
import { useEntities } from './use-entities.ts'

/** At most so many names in the question; the rest is counted. */
const NAMES_SHOWN = 8

/** Asks before an action runs: on what, and of several, on which it will not run and why. */
export function ConfirmActionDialog(props: {
  readonly entity: EntityName
  readonly action: string
  readonly ids: readonly string[]
}) {
  const kind = kindOf(props.entity)
  const action = kind.actions.find(({ id }) => id === props.action)
  return action === undefined ? null : <Question kind={kind} action={action} ids={props.ids} />
}

function Question(props: {
  readonly kind: EntityKind
  readonly action: EntityAction
  readonly ids: readonly string[]
}) {
  const { kind, action, ids } = props
  const { t } = useTranslation()
  const runAction = useRunAction()
  const isOpen = useConnection() === 'open'
  const entities = useEntities(kind.name, ids)
  const [isLastTime, setLastTime] = useState(false)
  const [note, setNote] = useState('')
  const { call } = action
  const verdict =
    useGroupVerdicts({ calls: call === undefined ? [] : [call], kind: kind.name, ids, list: true })?.[0] ?? null
  const [only] = entities
  const isOne = ids.length === 1
  // Of one the engine says itself why not; of several those that can are asked for.
  const refusal = isOne && verdict?.allowed === 0 ? (verdict.refused[0]?.error ?? null) : null
  const able = isOne ? ids : (verdict?.allowedIds ?? [])
  const names = isOne && only !== undefined ? only.name : kind.words.count(t, able.length)
  const text = action.question?.(t, names) ?? {
    title: t('common:ask.title', { action: action.label(t), names }),
    body: '',
    confirm: action.label(t),
  }
  const confirm = () => {
    if (isLastTime) setPreferences({ confirmActions: false })
    closeDialog()
    const text = note.trim()
    runAction(kind, action, able, action.note === undefined || text === '' ? {} : { [action.note.field]: text })
  }
  const isDanger = action.danger === true
  return (
    <DialogFrame
      size="small"
      isWarning={isDanger}
      isQuestion
      title={text.title}
      footer={
        <>
          <Button
            variant={isDanger ? 'danger' : 'primary'}
            isDisabled={!isOpen || able.length === 0 || refusal !== null}
            onClick={confirm}
            autoFocus={!isDanger}
          >
            {text.confirm}
          </Button>
          <Button variant="link" onClick={closeDialog} autoFocus={isDanger}>
            {t('common:cancel')}
          </Button>
        </>
      }
    >
      {text.body === '' ? null : <p>{text.body}</p>}
      {refusal === null ? null : <ErrorDetails error={refusal} onLeave={closeDialog} />}
      {action.note === undefined || refusal !== null ? null : (
        <Form
          onSubmit={(event) => {
            event.preventDefault()
            if (isOpen && able.length > 0) confirm()
          }}
        >
          <FormGroup label={action.note.label(t)} fieldId="confirm-action-note">
            <TextInput
              id="confirm-action-note"
              value={note}
              maxLength={action.note.maxLength}
              onChange={(_event, value) => setNote(value)}
            />
          </FormGroup>
        </Form>
      )}
      {isOne ? null : <Able kind={kind} able={able} />}
      {isOne || verdict === null ? null : <LeftOut kind={kind} verdict={verdict} total={ids.length} />}
      {isOne && action.asked === 'courtesy' ? (
        <Checkbox
          id="confirm-action-last-time"
          className="vd-ask__last-time"
          label={t('common:ask.lastTime')}
          isChecked={isLastTime}
          onChange={(_event, checked) => setLastTime(checked)}
        />
      ) : null}
    </DialogFrame>
  )
}

/** The names of those that it runs on. */
function Able({ kind, able }: { readonly kind: EntityKind; readonly able: readonly string[] }) {
  const { t } = useTranslation()
  const shown = useEntities(kind.name, able).slice(0, NAMES_SHOWN)
  if (shown.length === 0) return null
  return (
    <ul className="vd-list">
      {shown.map((entity) => (
        <li key={entity.id}>
          <Name>{entity.name}</Name>
        </li>
      ))}
      {able.length > NAMES_SHOWN ? <li>{t('common:andMore', { count: able.length - NAMES_SHOWN })}</li> : null}
    </ul>
  )
}

/** On which of the chosen it does not run, and why. */
function LeftOut(props: { readonly kind: EntityKind; readonly verdict: GroupVerdict; readonly total: number }) {
  const { t } = useTranslation()
  const { verdict, total } = props
  const leftOut = total - verdict.allowed
  if (leftOut === 0) return null
  const told = verdict.refused.reduce((sum, { count }) => sum + count, 0)
  return (
    <section className="vd-ask__left-out" aria-label={t('common:ask.leftOut', { count: leftOut, total })}>
      <p>{t('common:ask.leftOut', { count: leftOut, total })}</p>
      <ul className="vd-list">
        {verdict.refused.map(({ error, count, ids }) => (
          <li key={`${error.code} ${ids[0]}`}>
            <RefusedNames kind={props.kind} ids={ids} count={count} reason={describeErrorKind(error, t)} />
          </li>
        ))}
        {told < leftOut ? <li>{t('common:ask.otherReasons', { count: leftOut - told })}</li> : null}
      </ul>
    </section>
  )
}

function RefusedNames(props: {
  readonly kind: EntityKind
  readonly ids: readonly string[]
  readonly count: number
  readonly reason: string
}) {
  const { t } = useTranslation()
  const named = useEntities(props.kind.name, props.ids)
  const rest = props.count - named.length
  return (
    <>
      {t('common:refused', { reason: props.reason, count: props.count })}{' '}
      <span className="vd-subtle">
        {named.map(({ id, name }, index) => (
          <Fragment key={id}>
            {index > 0 ? ', ' : ''}
            <Name>{name}</Name>
          </Fragment>
        ))}
        {rest > 0 ? ` ${t('common:andMore', { count: rest })}` : ''}
      </span>
    </>
  )
}
