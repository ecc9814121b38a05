import { Button, Tooltip } from '@patternfly/react-core'
import type { ReactNode } from 'react'

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
  const reason = props.disabledReason ?? null
  const button = (
    <Button
      variant={props.primary === true ? 'primary' : 'secondary'}
      size="sm"
      isDanger={props.danger === true}
      icon={props.icon}
      isAriaDisabled={reason !== null}
      onClick={props.onClick}
    >
      {props.label}
    </Button>
  )
  return reason === null || reason === '' ? (
    button
  ) : (
    <Tooltip content={reason} position="bottom">
      {button}
    </Tooltip>
  )
}
