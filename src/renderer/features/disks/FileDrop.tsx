import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { openDialog, setDock, useCollection, useEngine } from '../../stores/index.ts'
import { type DropTarget, findDropTarget } from './drop-target.ts'
import { startUpload } from './transfers/index.ts'

/** Where the words stand, beside the pointer. */
interface Shown {
  readonly target: DropTarget
  readonly left: number
  readonly top: number
}

/**
 * Files of the desktop, dragged over the page: whatever is under the pointer says whether they may be dropped there. A drop opens the
 * dialog with them; with Shift they are sent at once. Elsewhere a drop does nothing, where a browser would leave the page for the file.
 */
export function FileDrop() {
  const { t } = useTranslation()
  const { client, collections } = useEngine()
  // What can be dropped on is known before somebody comes with a file.
  useCollection('storage-domains')
  const [shown, setShown] = useState<Shown | null>(null)
  const marked = useRef<Element | null>(null)
  useEffect(() => {
    const mark = (target: DropTarget | null) => {
      if (marked.current !== target?.element) marked.current?.removeAttribute('data-drop')
      marked.current = target?.element ?? null
      marked.current?.setAttribute('data-drop', target?.refusal === null ? 'fits' : 'refused')
    }
    const clear = () => {
      mark(null)
      setShown(null)
    }
    const over = (event: DragEvent) => {
      if (!hasFiles(event) || !(event.target instanceof Element) || event.dataTransfer === null) return
      event.preventDefault()
      const target = findDropTarget(event.target, collections, t)
      event.dataTransfer.dropEffect = target.refusal === null ? 'copy' : 'none'
      mark(target)
      const { clientX: left, clientY: top } = event
      setShown((before) =>
        before?.left === left && before.top === top && before.target.element === target.element
          ? before
          : { target, left, top },
      )
    }
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) clear()
    }
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      clear()
      if (!(event.target instanceof Element)) return
      const { domain, refusal } = findDropTarget(event.target, collections, t)
      const files = [...(event.dataTransfer?.files ?? [])]
      if (domain === null || refusal !== null || files.length === 0) return
      if (!event.shiftKey) {
        openDialog({ kind: 'upload-disk', storageDomainId: domain.id, files })
        return
      }
      setDock({ dockTab: 'transfers', dockOpen: true })
      for (const file of files) void startUpload(client, { target: { storageDomainId: domain.id }, file })
    }
    const listeners = { dragenter: over, dragover: over, dragleave: leave, drop }
    for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name as 'drop', listener)
    return () => {
      clear()
      for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name as 'drop', listener)
    }
  }, [client, collections, t])
  if (shown === null) return null
  const { domain, refusal } = shown.target
  return (
    <div
      className="vd-drop"
      role="status"
      data-verdict={refusal === null ? 'fits' : 'refused'}
      style={{ left: shown.left, top: shown.top }}
    >
      <StatusMark tone={refusal === null ? 'ok' : 'bad'} />
      <span>
        {domain === null ? null : (
          <>
            <Name>{domain.name}</Name>
            {': '}
          </>
        )}
        {refusal ?? t('disks:drop.fits')}
      </span>
    </div>
  )
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true
}
