import { SearchInput } from '@patternfly/react-core'
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EntityName, EntityOf } from '../../stores/index.ts'
import type { EntityKind, NameOf, SearchField } from '../entity-kind.ts'
import { applyCompletion, type CompletionItem, completeQuery } from '../query/complete-query.ts'

/** Fewer entities than these are looked through for values while somebody types. */
const LOOKED_THROUGH = 10_000
const VALUES_AT_MOST = 500

interface QueryFieldProps<N extends EntityName> {
  readonly kind: EntityKind<N>
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** Id of what says what is wrong. */
  readonly describedBy: string | null
  readonly isWrong: boolean
  readonly entities: () => Iterable<EntityOf<N>>
  readonly nameOf: NameOf
}

/** Where a list is filtered: it offers how what is typed can go on. Down and Up choose, Enter or Tab takes it, Escape leaves it. */
export function QueryField<N extends EntityName>(props: QueryFieldProps<N>) {
  const { kind, value, onChange, entities, nameOf } = props
  const { t } = useTranslation()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [caret, setCaret] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState<number | null>(null)
  const completion = useMemo(() => {
    if (!isOpen) return null
    const fields = kind.fields as unknown as readonly SearchField[]
    const wordOf = (field: SearchField, choice: string) => field.wordOf?.(choice, t) ?? choice
    return completeQuery(value, Math.min(caret, value.length), fields, wordOf, (field) =>
      findValues(entities(), (entity) => field.read(entity as never, nameOf)),
    )
  }, [isOpen, value, caret, kind, t, entities, nameOf])
  const items = completion?.items ?? []
  const chosen = active === null ? undefined : items[active]

  const close = () => {
    setOpen(false)
    setActive(null)
  }
  const take = (item: CompletionItem) => {
    if (completion === null) return
    const taken = applyCompletion(value, completion, item)
    onChange(taken.query)
    setCaret(taken.caret)
    setActive(null)
    // The caret can be put there once the text is.
    requestAnimationFrame(() => {
      input.current?.focus()
      input.current?.setSelectionRange(taken.caret, taken.caret)
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // A letter of several keys that is still composed is not to be disturbed.
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!isOpen) setOpen(true)
      else if (items.length > 0) setActive(step(active, event.key === 'ArrowDown' ? 1 : -1, items.length))
    } else if (event.key === 'Escape' && items.length > 0) {
      event.stopPropagation()
      close()
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) {
      event.preventDefault()
      take(chosen)
    }
  }
  return (
    <search className="vd-toolbar__search vd-query">
      <SearchInput
        ref={input}
        aria-label={props.label}
        inputProps={{
          'aria-autocomplete': 'list',
          onBlur: close,
          ...(items.length === 0 ? {} : { 'aria-controls': `${id}-list` }),
          ...(chosen === undefined ? {} : { 'aria-activedescendant': `${id}-${active}` }),
          ...(props.describedBy === null ? {} : { 'aria-describedby': props.describedBy }),
          ...(props.isWrong ? { 'aria-invalid': true } : {}),
        }}
        placeholder={props.placeholder}
        value={value}
        onChange={(event, text) => {
          onChange(text)
          setCaret(event.currentTarget.selectionStart ?? text.length)
          setActive(null)
          setOpen(true)
        }}
        onKeyDown={onKeyDown}
        resetButtonLabel={t('common:clear')}
        onClear={() => {
          onChange('')
          close()
        }}
      />
      {items.length === 0 ? null : (
        <div id={`${id}-list`} role="listbox" aria-label={t('common:table.completions')} className="vd-query__list">
          {items.map((item, index) => (
            <div
              key={item.text}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              className="vd-query__item"
              // Before the field loses the focus, which closes this.
              onMouseDown={(event) => {
                event.preventDefault()
                take(item)
              }}
            >
              <bdi>{item.text}</bdi>
              {item.word === null ? null : <span className="vd-subtle">{item.word}</span>}
            </div>
          ))}
        </div>
      )}
    </search>
  )
}

function step(active: number | null, by: number, count: number): number {
  return active === null ? (by > 0 ? 0 : count - 1) : (active + by + count) % count
}

/** The texts of a field, each once. */
function findValues<E>(entities: Iterable<E>, read: (entity: E) => readonly (string | number)[]): readonly string[] {
  const found = new Set<string>()
  let looked = 0
  for (const entity of entities) {
    looked += 1
    if (looked > LOOKED_THROUGH || found.size >= VALUES_AT_MOST) break
    for (const value of read(entity)) if (value !== '') found.add(String(value))
  }
  return [...found].sort((a, b) => a.localeCompare(b))
}
