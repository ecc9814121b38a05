import { Label } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { Vm, VmId } from '../../../shared/domain/index.ts'
import { EntryButton } from '../../components/ActionButton.tsx'
import { AngleDownIcon, EllipsisVIcon, VirtualMachineIcon } from '../../components/icons.ts'
import { MenuButton, type MenuEntry } from '../../components/menu.tsx'
import { PageHeader } from '../../components/PageHeader.tsx'
import { StaleAge, StatusLabel } from '../../components/StatusLabel.tsx'
import { isolateName } from '../../i18n/index.ts'
import { EntityBreadcrumb, useEntityActions } from '../../kinds/index.ts'
import { useCollection } from '../../stores/index.ts'
import { Tags } from './labels/Tags.tsx'
import { decideConsoleKind } from './open-console.ts'
import { describeVmStatus, vmTone } from './status.ts'

/** Where the VM is, what it is called, how it stands, and what can be done to it. */
export function VmHeader({ entity: vm }: { readonly entity: Vm }) {
  const { t } = useTranslation()
  const { byId, menu } = useEntityActions('vm', [vm.id])
  const pick = (...ids: readonly string[]): MenuEntry[] => ids.flatMap((id) => byId.get(id) ?? [])
  const [console, start, shutdown, pause, migrate] = [
    byId.get(`console.${decideConsoleKind(vm) ?? 'graphics'}`),
    byId.get(vm.status === 'paused' ? 'vm.resume' : 'vm.start'),
    byId.get('vm.shutdown'),
    byId.get('vm.pause'),
    byId.get('vm.migrate'),
  ]
  return (
    <PageHeader
      breadcrumb={<EntityBreadcrumb kind="vm" entity={vm} />}
      icon={<VirtualMachineIcon />}
      title={vm.name}
      labels={<VmLabels vm={vm} />}
      actions={
        <>
          <EntryButton entry={console} primary />
          <span className="vd-split">
            <EntryButton entry={start} />
            <MenuButton
              label={<AngleDownIcon />}
              ariaLabel={t('vms:header.moreStart')}
              entries={pick('vm.start', 'vm.start:paused', 'vm.start:fresh', 'vm.run-once', 'vm.resume')}
            />
          </span>
          <span className="vd-split">
            <EntryButton entry={shutdown} />
            <MenuButton
              label={<AngleDownIcon />}
              ariaLabel={t('vms:header.moreStop')}
              entries={pick('vm.shutdown', 'vm.reboot', 'vm.save', 'vm.poweroff', 'vm.reset', 'vm.nmi')}
            />
          </span>
          <EntryButton entry={pause} />
          <EntryButton entry={migrate} />
          <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('common:allActions')} entries={menu} />
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
      <StatusLabel tone={vmTone(vm)} status={vm.status} word={describeVmStatus(vm, t)} detail={reason} />
      {vm.autostart ? <Label isCompact>{t('vms:label.autostart')}</Label> : null}
      {vm.hasManagedSave ? <Label isCompact>{t('vms:label.savedState')}</Label> : null}
      {vm.persistent ? null : <Label isCompact>{t('vms:label.transient')}</Label>}
      <Connected vmId={vm.id} />
      <Tags tags={vm.tags} />
      {vm.stale && vm.asOf !== null ? <StaleAge asOf={vm.asOf} /> : null}
    </>
  )
}

/** Who has a console of it open. */
function Connected({ vmId }: { readonly vmId: VmId }) {
  const { t } = useTranslation()
  const { entities } = useCollection('consoles')
  const users = new Set([...entities.values()].flatMap(({ objectId, user }) => (objectId === vmId ? [user] : [])))
  if (users.size === 0) return null
  return <Label isCompact>{t('vms:label.connected', { users: [...users].map(isolateName).join(', ') })}</Label>
}
