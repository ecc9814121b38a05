import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'

const NARROWEST_PX = 40
const WIDEST_PX = 1_600
/** What an arrow key makes of a width. */
const STEP_PX = 16

/** The edge of a column's head: dragged, or moved by the arrow keys, it makes the column wider or narrower. */
export function ColumnEdge({
  title,
  onResize,
}: {
  readonly title: string
  readonly onResize: (widthPx: number) => void
}) {
  const { t } = useTranslation()
  const drag = useRef<{ readonly startX: number; readonly widthPx: number } | null>(null)
  const widthOf = (edge: Element) => edge.closest('th')?.getBoundingClientRect().width ?? NARROWEST_PX
  const resize = (widthPx: number) => onResize(Math.round(Math.min(WIDEST_PX, Math.max(NARROWEST_PX, widthPx))))
  return (
    <button
      type="button"
      tabIndex={-1}
      className="vd-table__edge"
      aria-label={t('common:columns.resize', { column: title })}
      onClick={(event) => event.stopPropagation()}
      onPointerDown={(event: PointerEvent<HTMLButtonElement>) => {
        event.preventDefault()
        event.currentTarget.focus()
        event.currentTarget.setPointerCapture(event.pointerId)
        drag.current = { startX: event.clientX, widthPx: widthOf(event.currentTarget) }
      }}
      onPointerMove={(event) => {
        if (drag.current !== null) resize(drag.current.widthPx + event.clientX - drag.current.startX)
      }}
      onPointerUp={() => {
        drag.current = null
      }}
      onPointerCancel={() => {
        drag.current = null
      }}
      onKeyDown={(event: KeyboardEvent) => {
        const by = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key]
        if (by === undefined) return
        event.preventDefault()
        event.stopPropagation()
        resize(widthOf(event.currentTarget) + by)
      }}
    />
  )
}
