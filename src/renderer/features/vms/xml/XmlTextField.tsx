import { useLayoutEffect, useMemo, useRef } from 'react'
import { splitXmlLine } from '../xml-lines.ts'

/** Of more than these the colours would cost more than a key press may. */
const COLOURED_LINES_LIMIT = 3_000

/**
 * A field for XML: lines are numbered and coloured below what is typed. It is the browser's own text field, so that undo, search and input
 * methods are those that a person has everywhere.
 */
export function XmlTextField(props: {
  readonly label: string
  readonly value: string
  /** The line (from 1) that is marked, and brought into view when it is marked; null: none. */
  readonly wrongLine: number | null
  readonly onChange: (value: string) => void
}) {
  const { value, wrongLine } = props
  const lines = useMemo(() => value.split('\n'), [value])
  const field = useRef<HTMLTextAreaElement>(null)
  const marked = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const text = field.current
    if (wrongLine === null || text === null) return
    const start = text.value
      .split('\n')
      .slice(0, wrongLine - 1)
      .reduce((sum, line) => sum + line.length + 1, 0)
    text.focus()
    text.setSelectionRange(start, start)
    marked.current?.scrollIntoView({ block: 'center', inline: 'nearest' })
  }, [wrongLine])
  return (
    <div className="vd-xml-field">
      <div className="vd-xml-field__page">
        <div aria-hidden="true">
          {lines.map((line, index) => (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place.
              key={index}
              ref={index + 1 === wrongLine ? marked : null}
              className={
                index + 1 === wrongLine ? 'vd-xml-field__line vd-xml-field__line--wrong' : 'vd-xml-field__line'
              }
            >
              <span className="vd-xml__number" data-line={index + 1} />
              <code>{lines.length > COLOURED_LINES_LIMIT ? line : <Coloured line={line} />}</code>
            </div>
          ))}
        </div>
        <textarea
          ref={field}
          className="vd-xml-field__text"
          aria-label={props.label}
          aria-invalid={wrongLine !== null}
          value={value}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => props.onChange(event.target.value)}
        />
      </div>
    </div>
  )
}

function Coloured({ line }: { readonly line: string }) {
  return splitXmlLine(line).map((part, position) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of a line have no other identity.
    <span key={position} className={`vd-xml__${part.kind}`}>
      {part.text}
    </span>
  ))
}
