import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useRef } from 'react'
import { StatusMark } from './StatusMark.tsx'

export interface PageTab {
  readonly id: string
  readonly title: string
  /** Something in it was not seen yet. */
  readonly isNew?: boolean
  readonly content: () => ReactNode
}

/** Tabs with the content of the chosen one. An unknown `current` shows the first. */
export function PageTabs(props: {
  readonly label: string
  readonly tabs: readonly PageTab[]
  readonly current: string
  readonly onChange: (id: string) => void
  readonly aside?: ReactNode
  readonly className?: string
  /** Shows only the tabs' heads. */
  readonly contentHidden?: boolean
}) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const current = props.tabs.find((tab) => tab.id === props.current) ?? props.tabs[0]
  useTabInSight(list, current?.id)
  if (current === undefined) return null
  const onKeyDown = (event: KeyboardEvent) => {
    const index = props.tabs.indexOf(current)
    const steps: Record<string, number> = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = props.tabs.at(step % props.tabs.length)
    if (next === undefined) return
    props.onChange(next.id)
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus()
  }
  return (
    <div className={`vd-tabs ${props.className ?? ''}`}>
      <div className="vd-tabs__bar">
        <div className="vd-tabs__list" role="tablist" aria-label={props.label} ref={list} onKeyDown={onKeyDown}>
          {props.tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              id={`${id}-${tab.id}`}
              data-tab={tab.id}
              aria-selected={tab === current}
              aria-controls={props.contentHidden === true ? undefined : `${id}-panel`}
              tabIndex={tab === current ? 0 : -1}
              className="vd-tabs__tab"
              onClick={() => props.onChange(tab.id)}
            >
              {tab.isNew === true ? <StatusMark tone="bad" /> : null} {tab.title}
            </button>
          ))}
        </div>
        {props.aside}
      </div>
      {props.contentHidden === true ? null : (
        <div className="vd-tabs__panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${current.id}`}>
          {current.content()}
        </div>
      )}
    </div>
  )
}

/** Keeps the head of the chosen tab in sight, and marks where further ones are out of it. */
function useTabInSight(list: RefObject<HTMLDivElement | null>, id: string | undefined): void {
  useEffect(() => {
    const element = list.current
    if (element === null || id === undefined) return undefined
    const mark = () => {
      const hidden = element.scrollWidth - element.clientWidth
      element.dataset.more = [
        ...(element.scrollLeft > 1 ? ['before'] : []),
        ...(element.scrollLeft < hidden - 1 ? ['after'] : []),
      ].join(' ')
    }
    const show = () => {
      element.querySelector(`[data-tab="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      mark()
    }
    const resized = new ResizeObserver(show)
    resized.observe(element)
    element.addEventListener('scroll', mark, { passive: true })
    return () => {
      resized.disconnect()
      element.removeEventListener('scroll', mark)
    }
  }, [list, id])
}
