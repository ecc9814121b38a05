import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core'
import { type ReactNode, type Ref, use, useId, useLayoutEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { closeDialog } from '../../stores/index.ts'
import { LayerContext } from './DialogStack.tsx'

export interface DialogFrameProps {
  readonly title: string
  readonly description?: ReactNode
  readonly size: 'small' | 'medium' | 'large'
  /** Says that something will be lost. */
  readonly isWarning?: boolean
  /** The body is all there is to know before the answer, so that it is read out with the title. */
  readonly isQuestion?: boolean
  readonly bodyRef?: Ref<HTMLDivElement>
  readonly footer: ReactNode
  /** Default: it is closed. */
  readonly onClose?: () => void
  readonly children: ReactNode
}

/** The frame of every dialog: title, body that scrolls by keyboard too, footer with the buttons; Escape closes. */
export function DialogFrame(props: DialogFrameProps) {
  const { t } = useTranslation()
  const layer = use(LayerContext)
  const id = useId()
  const { title, description, isQuestion = false } = props
  useLayoutEffect(() => {
    // A button that cannot be pressed any more would lose the focus to nowhere, where Escape is not heard.
    const focused = document.activeElement
    if (!isQuestion || layer?.contains(focused) !== true || focused?.matches(':disabled') !== true) return
    const buttons = layer.querySelectorAll<HTMLElement>('.vd-dialog__footer button:enabled')
    ;[...buttons].at(-1)?.focus()
  })
  return (
    <Modal
      isOpen
      variant={props.size}
      onEscapePress={props.onClose ?? closeDialog}
      aria-labelledby={`${id}-title`}
      {...(isQuestion ? { 'aria-describedby': `${id}-body` } : {})}
      {...(layer === null ? {} : { appendTo: layer })}
      className="vd-dialog"
    >
      <ModalHeader
        title={title}
        labelId={`${id}-title`}
        {...(description === undefined ? {} : { description })}
        {...(props.isWarning === true
          ? { titleIconVariant: 'warning' as const, titleScreenReaderText: t('common:error.warning') }
          : {})}
      />
      <ModalBody id={`${id}-body`} ref={props.bodyRef} {...(isQuestion ? {} : { tabIndex: 0, 'aria-label': title })}>
        {props.children}
      </ModalBody>
      <ModalFooter className="vd-dialog__footer">{props.footer}</ModalFooter>
    </Modal>
  )
}
