import { Label } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { Vm } from '../../../shared/domain/index.ts'
import { ActionButton } from '../../components/ActionButton.tsx'
import {
  AngleDownIcon,
  DesktopIcon,
  EllipsisVIcon,
  PauseIcon,
  PlayIcon,
  PowerOffIcon,
  VirtualMachineIcon,
} from '../../components/icons.ts'
import { MenuButton, type MenuEntry } from '../../components/menu.tsx'
import { Breadcrumb, PageHeader } from '../../components/PageHeader.tsx'
import { StaleAge, StatusLabel } from '../../components/StatusLabel.tsx'
import { goTo, showHost, useEntity } from '../../stores/index.ts'
import { openConsole } from './open-console.ts'
import { vmTone } from './status.ts'
import { useVmActions } from './use-vm-actions.tsx'
import { useConsoleReason, useVmMenu } from './VmContextMenu.tsx'

/** Where the VM is, what it is called, how it stands, and what can be done to it. */
export function VmHeader({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const host = useEntity('hosts', vm.hostId)
  const actions = useVmActions([vm])
  const menu = useVmMenu([vm])
  const consoleReason = useConsoleReason()(vm, 'graphics')
  const pick = (...ids: Parameters<typeof actions.get>[0][]): MenuEntry[] =>
    ids.map((id) => actions.get(id)).filter((entry) => entry !== undefined)
  const start = actions.get(vm.status === 'paused' ? 'resume' : 'start')
  const shutdown = actions.get('shutdown')
  const pause = actions.get('pause')
  return (
    <PageHeader
      breadcrumb={
        <Breadcrumb
          steps={[
            { label: t('frame:tree.hosts'), onClick: () => goTo({ kind: 'all', tab: 'hosts' }) },
            { label: host?.name ?? '…', onClick: () => showHost(vm.hostId) },
          ]}
        />
      }
      icon={<VirtualMachineIcon />}
      title={vm.name}
      labels={<VmLabels vm={vm} />}
      actions={
        <>
          <ActionButton
            label={t('vms:action.console')}
            icon={<DesktopIcon />}
            primary
            disabledReason={consoleReason}
            onClick={() => openConsole(vm, 'graphics')}
          />
          {start === undefined ? null : (
            <span className="vd-split">
              <ActionButton
                label={start.label}
                icon={<PlayIcon />}
                disabledReason={start.disabledReason ?? null}
                onClick={start.run}
              />
              <MenuButton
                label={<AngleDownIcon />}
                ariaLabel={t('vms:header.moreStart')}
                entries={pick('start', 'startPaused', 'startFresh', 'resume')}
              />
            </span>
          )}
          {shutdown === undefined ? null : (
            <span className="vd-split">
              <ActionButton
                label={shutdown.label}
                icon={<PowerOffIcon />}
                disabledReason={shutdown.disabledReason ?? null}
                onClick={shutdown.run}
              />
              <MenuButton
                label={<AngleDownIcon />}
                ariaLabel={t('vms:header.moreStop')}
                entries={pick('shutdown', 'reboot', 'save', 'poweroff', 'reset')}
              />
            </span>
          )}
          {pause === undefined ? null : (
            <ActionButton
              label={pause.label}
              icon={<PauseIcon />}
              disabledReason={pause.disabledReason ?? null}
              onClick={pause.run}
            />
          )}
          <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('vms:header.allActions')} entries={menu} />
        </>
      }
    />
  )
}

function VmLabels({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const reason = vm.statusReason === null ? null : t(`vms:reason.${vm.statusReason}`, { defaultValue: vm.statusReason })
  return (
    <>
      <StatusLabel tone={vmTone(vm)} status={vm.status} word={t(`vms:status.${vm.status}`)} detail={reason} />
      {vm.autostart ? <Label isCompact>{t('vms:label.autostart')}</Label> : null}
      {vm.hasManagedSave ? <Label isCompact>{t('vms:label.savedState')}</Label> : null}
      {vm.persistent ? null : <Label isCompact>{t('vms:label.transient')}</Label>}
      {vm.stale && vm.asOf !== null ? <StaleAge asOf={vm.asOf} /> : null}
    </>
  )
}
