import { ContextMenu } from '@base-ui/react/context-menu'
import { Menu } from '@base-ui/react/menu'
import { Button } from '@patternfly/react-core'
import { createContext, type ReactNode, type RefObject, useContext, useEffect, useRef, useState } from 'react'
import { AngleRightIcon, CheckIcon } from './icons.ts'

/** One line of a menu: the same data makes the menu bar, context menus and the buttons' menus. */
export type MenuEntry =
  | {
      readonly type: 'action'
      readonly id: string
      readonly label: string
      readonly icon?: ReactNode
      readonly shortcut?: string
      readonly checked?: boolean
      readonly danger?: boolean
      /** Why it cannot be chosen now; `null` or left out: it can. */
      readonly disabledReason?: string | null
      readonly run: () => void
    }
  | { readonly type: 'separator'; readonly id: string }
  /** What the lines below it act on. */
  | { readonly type: 'heading'; readonly id: string; readonly label: string }
  | { readonly type: 'submenu'; readonly id: string; readonly label: string; readonly entries: readonly MenuEntry[] }

/** Where open menus live: a landmark, so that they are in one. A page without such an element has them in its body. */
export const MENU_CONTAINER_ID = 'vd-menus'

const ReasonContext = createContext<(reason: string | null) => void>(() => undefined)

/** Where the outermost open menu keeps what was chosen in it, or in one of its submenus. */
const ChosenContext = createContext<RefObject<(() => void) | null> | null>(null)

/** The lines of a menu, for use inside a popup of this file. */
function MenuEntries({ entries }: { readonly entries: readonly MenuEntry[] }) {
  const showReason = useContext(ReasonContext)
  const chosen = useContext(ChosenContext)
  return entries.map((entry) => {
    if (entry.type === 'separator') return <Menu.Separator key={entry.id} className="vd-menu__separator" />
    if (entry.type === 'heading') {
      return (
        <div key={entry.id} className="vd-menu__heading" role="presentation" title={entry.label}>
          {entry.label}
        </div>
      )
    }
    if (entry.type === 'submenu') {
      return (
        <Menu.SubmenuRoot key={entry.id}>
          <Menu.SubmenuTrigger className="vd-menu__item">
            <span className="vd-menu__icon" />
            <span className="vd-menu__label">{entry.label}</span>
            <AngleRightIcon />
          </Menu.SubmenuTrigger>
          <MenuPopup entries={entry.entries} />
        </Menu.SubmenuRoot>
      )
    }
    const reason = entry.disabledReason ?? null
    return (
      <Menu.Item
        key={entry.id}
        className={entry.danger === true ? 'vd-menu__item vd-menu__item--danger' : 'vd-menu__item'}
        disabled={reason !== null}
        label={entry.label}
        data-action={entry.id}
        aria-description={reason === null ? undefined : reason}
        onFocus={() => showReason(reason)}
        onMouseEnter={() => showReason(reason)}
        onClick={() => {
          if (chosen !== null) chosen.current = entry.run
        }}
      >
        <span className="vd-menu__icon">{entry.checked === true ? <CheckIcon /> : entry.icon}</span>
        <span className="vd-menu__label">{entry.label}</span>
        {entry.shortcut === undefined ? null : <kbd className="vd-menu__shortcut">{entry.shortcut}</kbd>}
      </Menu.Item>
    )
  })
}

/** The popup of a menu or submenu; at its foot stands why the line under the pointer cannot be chosen. */
export function MenuPopup({ entries }: { readonly entries: readonly MenuEntry[] }) {
  const [reason, setReason] = useState<string | null>(null)
  const own = useRef<(() => void) | null>(null)
  const outer = useContext(ChosenContext)
  const heading = entries.find((entry) => entry.type === 'heading')
  return (
    <Menu.Portal container={document.getElementById(MENU_CONTAINER_ID) ?? document.body}>
      <Menu.Positioner className="vd-menu__positioner" sideOffset={2} collisionPadding={4}>
        <Menu.Popup className="vd-menu" {...(heading === undefined ? {} : { 'aria-label': heading.label })}>
          <ReasonContext value={setReason}>
            <ChosenContext value={outer ?? own}>
              <MenuEntries entries={entries} />
            </ChosenContext>
          </ReasonContext>
          <RunWhenClosed chosen={own} />
          {reason === null ? null : (
            <div className="vd-menu__reason" aria-hidden="true">
              {reason}
            </div>
          )}
        </Menu.Popup>
      </Menu.Positioner>
    </Menu.Portal>
  )
}

/**
 * Runs what was chosen when the menu is gone and has given the focus back: a dialog remembers who had it, to give it back
 * in turn, and must not find a line of the menu there.
 */
function RunWhenClosed({ chosen }: { readonly chosen: RefObject<(() => void) | null> }) {
  useEffect(
    () => () => {
      const run = chosen.current
      chosen.current = null
      if (run !== null) setTimeout(run)
    },
    [chosen],
  )
  return null
}

/** A button that opens a menu. With `ariaLabel` what it shows is an icon. */
export function MenuButton(props: {
  readonly label: ReactNode
  readonly ariaLabel?: string
  readonly plain?: boolean
  readonly entries: readonly MenuEntry[]
}) {
  return (
    <Menu.Root>
      <Menu.Trigger
        render={
          <Button
            variant={props.plain === true ? 'plain' : 'secondary'}
            size="sm"
            {...(props.ariaLabel === undefined ? {} : { 'aria-label': props.ariaLabel, title: props.ariaLabel })}
          />
        }
      >
        {props.label}
      </Menu.Trigger>
      <MenuPopup entries={props.entries} />
    </Menu.Root>
  )
}

/** Gives an area a context menu (right click, Menu key, Shift+F10). `children` is the popup's content when open. */
export function ContextMenuArea(props: {
  readonly className?: string
  readonly onTarget: (target: Element) => void
  readonly onOpenChange?: (isOpen: boolean) => void
  readonly popup: ReactNode
  readonly children: ReactNode
}) {
  return (
    <ContextMenu.Root {...(props.onOpenChange === undefined ? {} : { onOpenChange: props.onOpenChange })}>
      <ContextMenu.Trigger
        className={props.className}
        onContextMenuCapture={(event) => {
          if (event.target instanceof Element) props.onTarget(event.target)
        }}
      >
        {props.children}
      </ContextMenu.Trigger>
      {props.popup}
    </ContextMenu.Root>
  )
}
