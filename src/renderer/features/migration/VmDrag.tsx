import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostId, MigrationVerdict, VmId } from '../../../shared/domain/index.ts'
import { StatusMark } from '../../components/StatusMark.tsx'
import { describeError } from '../../i18n/index.ts'
import { addNotice, openDialog, useCollection, useEngine, workspace } from '../../stores/index.ts'
import { findMigrationTarget, findVmElement, type MigrationTarget } from './find-target.ts'
import { VERDICT_TONES } from './verdict-tones.ts'

/** Of the machines that are dragged; other windows are given nothing. */
const TYPE = 'application/x-virtdeck-vms'

interface Drag {
  readonly vmIds: readonly VmId[]
  /** Null: the engine has not answered yet. */
  verdicts: ReadonlyMap<HostId, MigrationVerdict> | null
}

interface Shown {
  readonly target: MigrationTarget
  readonly left: number
  readonly top: number
}

/**
 * Machines that are dragged, from the tree or a list, onto a host or a cluster. While they are, every host in sight carries the engine’s
 * verdict. A drop opens the dialog filled in, with Shift it migrates at once, and Escape lets go.
 */
export function VmDrag() {
  const { t } = useTranslation()
  const { client, collections } = useEngine()
  useCollection('vms')
  const [shown, setShown] = useState<Shown | null>(null)
  const drag = useRef<Drag | null>(null)
  useEffect(() => {
    const markHosts = () => {
      const verdicts = drag.current?.verdicts ?? null
      for (const element of document.querySelectorAll('[data-node^="host:"]')) {
        const verdict = verdicts?.get(element.getAttribute('data-node')?.slice('host:'.length) as HostId)
        if (verdict === undefined) element.removeAttribute('data-migrate')
        else element.setAttribute('data-migrate', verdict.verdict)
      }
    }
    const end = () => {
      drag.current = null
      markHosts()
      setShown(null)
    }
    const press = (event: PointerEvent) => {
      if (!(event.target instanceof Element)) return
      const found = findVmElement(event.target, collections)
      // Only what is pressed can be dragged: nothing else of the page has to know of it.
      found?.element.setAttribute('draggable', 'true')
    }
    const start = (event: DragEvent) => {
      const found = event.target instanceof Element ? findVmElement(event.target, collections) : null
      if (found === null || event.dataTransfer === null) return
      const { selection } = workspace.getState()
      const isChosen = selection.kind === 'vm' && selection.ids.includes(found.vmId)
      const vmIds = (isChosen ? selection.ids : [found.vmId]) as readonly VmId[]
      event.dataTransfer.setData(TYPE, JSON.stringify(vmIds))
      event.dataTransfer.effectAllowed = 'move'
      const own: Drag = { vmIds, verdicts: null }
      drag.current = own
      void client.call('vm.can-migrate', { vmIds: [...vmIds], otherClusters: true }).then((result) => {
        if (!result.ok || drag.current !== own) return
        own.verdicts = new Map(result.value.hosts.map((verdict) => [verdict.hostId, verdict]))
        markHosts()
      })
    }
    const over = (event: DragEvent) => {
      const { current } = drag
      if (current === null || !(event.target instanceof Element) || event.dataTransfer === null) return
      event.preventDefault()
      markHosts()
      const target = findMigrationTarget(event.target, current.verdicts, collections)
      event.dataTransfer.dropEffect = target.canDrop ? 'move' : 'none'
      const { clientX: left, clientY: top } = event
      setShown((before) =>
        before?.left === left && before.top === top && before.target.element === target.element
          ? before
          : { target, left, top },
      )
    }
    const drop = (event: DragEvent) => {
      const { current } = drag
      if (current === null || !(event.target instanceof Element)) return
      event.preventDefault()
      const { canDrop, hostId, clusterId } = findMigrationTarget(event.target, current.verdicts, collections)
      end()
      if (!canDrop) return
      const { vmIds } = current
      const vms = collections.store('vms').getState().entities
      const isFar = clusterId !== null && vmIds.every((id) => vms.get(id)?.clusterId !== clusterId)
      if (!event.shiftKey) {
        openDialog({ kind: 'migrate', vmIds: [...vmIds], hostId, clusterId: isFar ? clusterId : null })
        return
      }
      const input = { vmIds: [...vmIds], ...(hostId === null ? {} : { hostId }), ...(isFar ? { clusterId } : {}) }
      void client.call('vm.migrate', input).then((result) => {
        if (!result.ok) addNotice({ command: 'vm.migrate', subject: null, error: result.error })
      })
    }
    const listeners = { pointerdown: press, dragstart: start, dragover: over, drop, dragend: end }
    for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name as 'drop', listener as never)
    return () => {
      end()
      for (const [name, listener] of Object.entries(listeners)) {
        window.removeEventListener(name as 'drop', listener as never)
      }
    }
  }, [client, collections])
  if (shown === null) return null
  const { name, verdict } = shown.target
  const reason = verdict?.reasons[0]
  return (
    <div
      className="vd-drop"
      role="status"
      data-verdict={shown.target.canDrop ? 'fits' : 'refused'}
      style={{ left: shown.left, top: shown.top }}
    >
      <StatusMark
        tone={verdict === null ? (shown.target.canDrop ? 'ok' : 'unknown') : VERDICT_TONES[verdict.verdict]}
      />
      <span>
        {name === null
          ? t('vms:migrate.drag.nowhere')
          : reason !== undefined
            ? `${name}: ${describeError(reason, t).title}`
            : shown.target.isUnknown
              ? t('vms:migrate.drag.asking', { name })
              : shown.target.canDrop
                ? t('vms:migrate.drag.fits', { name })
                : t('vms:migrate.nowhere')}
      </span>
    </div>
  )
}
