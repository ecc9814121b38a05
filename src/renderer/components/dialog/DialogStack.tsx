import { createContext, type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { type Dialog, useWorkspace } from '../../stores/index.ts'

/** The element that a dialog of this layer is shown in; null outside of the stack. */
export const LayerContext = createContext<HTMLElement | null>(null)

/**
 * The open dialogs, one above the other: only the topmost takes part, and Escape is its own. What they cover stays as it
 * was. Everything beside the stack in the page is out of reach while one is open.
 */
export function DialogStack({ render }: { readonly render: (dialog: Dialog) => ReactNode }) {
  const dialogs = useWorkspace((state) => state.dialogs)
  const stack = useRef<HTMLDivElement>(null)
  const isOpen = dialogs.length > 0

  // Before what is covered is out of reach, and with it what had the focus: a dialog whose code is yet to come sees nothing of it.
  const opener = useRef<Element | null>(null)
  useLayoutEffect(() => {
    if (isOpen) opener.current = document.activeElement
  }, [isOpen])
  useLayoutEffect(() => {
    const covered = [...(stack.current?.parentElement?.children ?? [])].filter((element) => element !== stack.current)
    for (const element of covered) element.toggleAttribute('inert', isOpen)
    const focused = document.activeElement
    const isNowhere = focused === null || focused === document.body
    if (!isOpen && isNowhere && opener.current instanceof HTMLElement) opener.current.focus()
  }, [isOpen])

  return (
    <div ref={stack}>
      {dialogs.map((dialog, index) => (
        // A dialog has nothing that tells it from another of its kind but its place.
        // biome-ignore lint/suspicious/noArrayIndexKey: dialogs come and go at the end only.
        <DialogLayer key={`${index} ${dialog.kind}`} isTop={index === dialogs.length - 1}>
          {render(dialog)}
        </DialogLayer>
      ))}
    </div>
  )
}

function DialogLayer({ isTop, children }: { readonly isTop: boolean; readonly children: ReactNode }) {
  const [element, setElement] = useState<HTMLElement | null>(null)
  return (
    <div ref={setElement} inert={!isTop}>
      {element === null ? null : <LayerContext value={element}>{children}</LayerContext>}
    </div>
  )
}
