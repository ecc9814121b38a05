import { Button, Form } from '@patternfly/react-core'
import { type FormEvent, type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { WireError } from '../../../shared/errors/index.ts'
import { closeDialog } from '../../stores/index.ts'
import { ErrorDetails } from '../ErrorDetails.tsx'
import { DialogFrame } from './DialogFrame.tsx'

/** A dialog with one form: its failure on top, the fields, a button that does it, and a way out. */
export function FormDialog(props: {
  readonly title: string
  readonly size?: 'small' | 'medium'
  /** On the button. */
  readonly label: string
  readonly busyLabel?: string
  readonly isBusy: boolean
  readonly isDisabled?: boolean
  readonly error: WireError | null
  /** What can be done about the failure, beside reading about it. */
  readonly failureActions?: ReactNode
  readonly onSubmit: () => void
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  const id = useId()
  const { isBusy, error } = props
  const isOff = isBusy || props.isDisabled === true
  return (
    <DialogFrame
      size={props.size ?? 'small'}
      title={props.title}
      footer={
        <>
          <Button type="submit" form={id} isLoading={isBusy} isDisabled={isOff}>
            {isBusy ? (props.busyLabel ?? props.label) : props.label}
          </Button>
          <Button variant="link" onClick={closeDialog}>
            {t('common:cancel')}
          </Button>
        </>
      }
    >
      {error === null ? null : (
        <div className="vd-failure" role="alert">
          <ErrorDetails error={error} />
          {props.failureActions}
        </div>
      )}
      <Form
        id={id}
        isHorizontal
        noValidate
        aria-busy={isBusy}
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          if (!isOff) props.onSubmit()
        }}
      >
        {props.children}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </Form>
    </DialogFrame>
  )
}
