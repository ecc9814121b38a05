import { useTranslation } from 'react-i18next'
import type { decideLineDiff } from '../../shared/domain/index.ts'

const MARKS = { known: '−', now: '+', same: ' ' } as const

/** Two versions of a text, line by line: what went, what came, and a few lines around. */
export function LineDiff(props: {
  readonly label: string
  readonly lines: ReturnType<typeof decideLineDiff>
  /** Said where no line differs. */
  readonly none: string
}) {
  const { t } = useTranslation()
  return (
    <section className="vd-diff" aria-label={props.label}>
      {props.lines.length === 0 ? <p className="vd-subtle">{props.none}</p> : null}
      {props.lines.map((line, index) =>
        line.kind === 'gap' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place.
          <div key={index} className="vd-diff__gap">
            {t('drift:dialog.gap', { count: line.count })}
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place.
          <div key={index} className={`vd-diff__line vd-diff__line--${line.kind}`}>
            <span className="vd-diff__mark">{MARKS[line.kind]}</span>
            <code>{line.text}</code>
          </div>
        ),
      )}
    </section>
  )
}
