import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AngleRightIcon, SearchIcon } from '../../components/icons.ts'
import { Name } from '../../components/Name.tsx'
import { kindOf } from '../../kinds/index.ts'
import { isEntityName, useWorkspace, workspace } from '../../stores/index.ts'
import type { PaletteEntry } from './find-entries.ts'
import { usePaletteEntries } from './use-palette-entries.ts'

function iconOf({ kind }: PaletteEntry): ReactNode {
  if (!isEntityName(kind)) return <AngleRightIcon />
  const { Icon } = kindOf(kind)
  return <Icon />
}

/** Opens the palette. */
export function openPalette(): void {
  workspace.setState({ paletteOpen: true })
}

function close(): void {
  workspace.setState({ paletteOpen: false })
}

/** Goes to anything, runs any command: a field and a list, worked by arrows and Enter. */
export function Palette() {
  const open = useWorkspace((state) => state.paletteOpen)
  return open ? <OpenPalette /> : null
}

function OpenPalette() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [current, setCurrent] = useState(0)
  const { entries, hint, isWrong } = usePaletteEntries(typed)
  const dialog = useRef<HTMLDialogElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const index = Math.min(current, Math.max(0, entries.length - 1))

  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list scrolls when another entry becomes the current one.
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [index])

  const run = (entry: PaletteEntry | undefined) => {
    if (entry === undefined || entry.disabledReason !== null) return
    // Gives the focus back to what had it, so that the keyboard goes on from there.
    dialog.current?.close()
    close()
    entry.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1 }
    const move = moves[event.key]
    if (move !== undefined && entries.length > 0) {
      event.preventDefault()
      setCurrent((move + entries.length) % entries.length)
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      run(entries[index])
    }
  }
  return (
    <dialog
      ref={dialog}
      className="vd-palette"
      aria-label={t('frame:palette.label')}
      onClose={close}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (event.target === dialog.current) close()
      }}
    >
      <div className="vd-palette__field">
        <SearchIcon />
        <input
          className="vd-palette__input"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={entries.length === 0 ? undefined : `${id}-${index}`}
          aria-label={t('frame:search.label')}
          placeholder={t('frame:search.placeholder')}
          value={typed}
          spellCheck={false}
          {...(hint === null ? {} : { 'aria-describedby': `${id}-hint`, 'aria-invalid': isWrong })}
          onChange={(event) => {
            setTyped(event.target.value)
            setCurrent(0)
          }}
        />
      </div>
      {hint === null ? null : (
        <p
          id={`${id}-hint`}
          role="status"
          className={isWrong ? 'vd-palette__hint vd-palette__hint--wrong' : 'vd-palette__hint'}
        >
          {hint}
        </p>
      )}
      {entries.length === 0 && hint === null ? <p className="vd-palette__none">{t('frame:palette.none')}</p> : null}
      <div
        className="vd-palette__list"
        role="listbox"
        id={`${id}-list`}
        aria-label={t('frame:palette.label')}
        ref={list}
      >
        {entries.map((entry, position) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the field, which names this option as active.
          <div
            key={entry.id}
            id={`${id}-${position}`}
            role="option"
            tabIndex={-1}
            aria-selected={position === index}
            aria-disabled={entry.disabledReason !== null}
            className="vd-palette__entry"
            onMouseMove={() => setCurrent(position)}
            onClick={() => run(entry)}
          >
            {iconOf(entry)}
            <Name className="vd-palette__title">{entry.title}</Name>
            <span className="vd-palette__detail">
              {entry.detail}
              {entry.disabledReason === null || entry.disabledReason === '' ? '' : ` · ${entry.disabledReason}`}
            </span>
          </div>
        ))}
      </div>
    </dialog>
  )
}
