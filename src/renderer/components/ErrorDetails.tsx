import { Button } from '@patternfly/react-core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Reference, WireError } from '../../shared/errors/index.ts'
import { describeError } from '../i18n/index.ts'
import { type EntityId, isEntityName, showEntity } from '../stores/index.ts'
import { CopyButton } from './CopyButton.tsx'
import { AngleDownIcon, AngleRightIcon } from './icons.ts'

/** The technical side of an error as text to hand to somebody: code, correlation and the chain of causes. */
export function technicalText(error: WireError): string {
  const lines = [`code: ${error.code}`, `retry: ${error.retry}`]
  if (error.correlationId !== undefined) lines.push(`correlation: ${error.correlationId}`)
  lines.push(`params: ${JSON.stringify(error.params)}`, ...error.technical)
  return lines.join('\n')
}

/** What happened, what to do now, and one click away the technical cause. */
export function ErrorDetails(props: {
  readonly error: WireError
  readonly titleHidden?: boolean
  /** Called when a person follows one of its links. */
  readonly onLeave?: () => void
}) {
  const { error, titleHidden } = props
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const id = useId()
  const text = describeError(error, t)
  return (
    <div className="vd-error">
      {titleHidden === true ? null : <p className="vd-error__title">{text.title}</p>}
      <p className="vd-error__advice">{text.advice}</p>
      <References error={error} onLeave={props.onLeave} />
      <Button
        variant="link"
        isInline
        size="sm"
        icon={open ? <AngleDownIcon /> : <AngleRightIcon />}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen((previous) => !previous)}
      >
        {t('common:error.technical')}
      </Button>
      <div id={id} hidden={!open}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable text must be reachable by keyboard. */}
        <pre className="vd-error__technical" tabIndex={0}>
          {technicalText(error)}
        </pre>
        <CopyButton text={technicalText(error)} />
      </div>
    </div>
  )
}

/** What the error is about, each as a way to it. */
function References(props: { readonly error: WireError; readonly onLeave: (() => void) | undefined }) {
  const references = readReferences(props.error)
  if (references.length === 0) return null
  return (
    <ul className="vd-names">
      {references.map(({ kind, id, name }) => (
        <li key={`${kind} ${id}`}>
          <button
            type="button"
            className="vd-cell-link"
            title={name}
            onClick={() => {
              props.onLeave?.()
              showEntity(kind, id as EntityId<typeof kind>)
            }}
          >
            <bdi>{name}</bdi>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Those of kinds that this page shows. */
function readReferences({ params }: WireError) {
  const references = Array.isArray(params.references) ? (params.references as readonly Reference[]) : []
  return references.flatMap(({ kind, ...rest }) => (isEntityName(kind) ? [{ ...rest, kind }] : []))
}
