import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { defaultSettings, type Vm, type VmId } from '../../../shared/domain/index.ts'
import { PauseIcon, PlayIcon, PowerOffIcon, RedoIcon, SaveIcon } from '../../components/icons.ts'
import type { MenuEntry } from '../../components/menu.tsx'
import { describeError } from '../../i18n/index.ts'
import { openDialog, useConnection, useEntity, useRunCommand, useVerdicts } from '../../stores/index.ts'
import { isOffered, questionOf, VM_ACTIONS, type VmAction, type VmActionId } from './actions.ts'

export type VmActionEntry = Extract<MenuEntry, { type: 'action' }>

const ICONS: Partial<Record<VmActionId, ReactNode>> = {
  start: <PlayIcon />,
  resume: <PlayIcon />,
  pause: <PauseIcon />,
  shutdown: <PowerOffIcon />,
  reboot: <RedoIcon />,
  save: <SaveIcon />,
}

/** More VMs than this are not asked about before an action runs: each is judged when its command comes. */
const ASKED_AT_MOST = 40

/**
 * The actions on some VMs, ready for menus and buttons: with several, an action is possible when at least one of them
 * can take it, and runs on those that can.
 */
export function useVmActions(vms: readonly Vm[]): ReadonlyMap<VmActionId, VmActionEntry> {
  const { t } = useTranslation()
  const runCommand = useRunCommand()
  const settings = useEntity('settings', 'settings') ?? defaultSettings
  const offered = VM_ACTIONS.filter(({ id }) => isOffered(id, vms))
  const asked = vms.slice(0, ASKED_AT_MOST)
  const calls = offered.flatMap((action) => asked.map((vm) => action.call(vm.id)))
  const version = useIdentity(asked)
  const verdicts = useVerdicts(calls, version)
  // Without an engine nobody can be asked, and that is why; else the answer is only on its way.
  const unasked = useConnection() === 'lost' ? t('errors:transport.lost.title') : ''

  const entries = new Map<VmActionId, VmActionEntry>()
  offered.forEach((action, position) => {
    const own = verdicts.slice(position * asked.length, (position + 1) * asked.length)
    const able: VmId[] = vms.filter((_vm, index) => index >= ASKED_AT_MOST || own[index] === null).map(({ id }) => id)
    const refusal = own.find((verdict) => verdict !== null && verdict !== undefined)
    const label = t(`vms:action.${action.id}`)
    entries.set(action.id, {
      type: 'action',
      id: `${action.command}${action.id === 'startPaused' || action.id === 'startFresh' ? `:${action.id}` : ''}`,
      label:
        able.length > 0 && able.length < vms.length
          ? t('vms:bulk.someOf', { label, able: able.length, all: vms.length })
          : label,
      icon: ICONS[action.id],
      danger: action.confirm !== null,
      disabledReason:
        able.length > 0 ? null : refusal === undefined || refusal === null ? unasked : describeError(refusal, t).title,
      run: () => runOn(action, able),
    })
  })

  function runOn(action: VmAction, vmIds: readonly VmId[]): void {
    const question = questionOf(action, settings)
    if (question !== null) {
      openDialog({ kind: 'confirm-power', action: question, vmIds })
      return
    }
    for (const vmId of vmIds) {
      const { command, input } = action.call(vmId)
      void runCommand(command, input, vms.find(({ id }) => id === vmId)?.name)
    }
  }
  return entries
}

/** A value that changes when any of the items is another object than before. */
function useIdentity(items: readonly unknown[]): unknown {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the items themselves are the dependencies.
  return useMemo(() => ({}), items.length > ASKED_AT_MOST ? [items] : pad(items))
}

/** React wants a dependency list of constant length. */
function pad(items: readonly unknown[]): unknown[] {
  return Array.from({ length: ASKED_AT_MOST }, (_unused, index) => items[index])
}
