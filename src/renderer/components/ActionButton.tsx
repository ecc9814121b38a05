import { Button, Tooltip } from '@patternfly/react-core'
import { memo, type ReactNode, type RefObject, useRef } from 'react'
import type { MenuEntry } from './menu.tsx'

/** A button that says why it cannot be pressed, to pointer, keyboard and screen reader alike. */
export function ActionButton(props: {
  readonly label: string
  readonly icon?: ReactNode
  readonly primary?: boolean
  readonly danger?: boolean
  /** `null`: it can be pressed. An empty text: it cannot, and nobody knows yet why. */
  readonly disabledReason?: string | null
  readonly onClick: () => void
}) {
  const button = useRef<HTMLButtonElement>(null)
  const reason = props.disabledReason ?? null
  // The tooltip stands beside the button, which stays the same one, with the focus on it, when a reason comes or goes.
  return (
    <>
      <Button
        ref={button}
        variant={props.primary === true ? 'primary' : 'secondary'}
        size="sm"
        isDanger={props.danger === true}
        icon={props.icon}
        isAriaDisabled={reason !== null}
        onClick={props.onClick}
      >
        {props.label}
      </Button>
      {reason === null || reason === '' ? null : <Reason text={reason} button={button} />}
    </>
  )
}

/** PatternFly's tooltip sets a state of its own after each time it is rendered: only when there is something else to say. */
const Reason = memo((props: { readonly text: string; readonly button: RefObject<HTMLButtonElement | null> }) => (
  <Tooltip content={props.text} position="bottom" triggerRef={props.button} />
))

/** The button of a line of a menu. */
export function EntryButton(props: {
  readonly entry: Extract<MenuEntry, { type: 'action' }> | undefined
  readonly primary?: boolean
}) {
  const { entry } = props
  if (entry === undefined) return null
  return (
    <ActionButton
      label={entry.label}
      icon={entry.icon}
      primary={props.primary === true}
      disabledReason={entry.disabledReason ?? null}
      onClick={entry.run}
    />
  )
}
