import type { TFunction } from 'i18next'
import type { Host, HostId } from '../../../shared/domain/index.ts'
import { openConsoleWindow } from '../../components/console-window.ts'
import {
  CheckIcon,
  ClusterIcon,
  EditIcon,
  PauseIcon,
  PlayIcon,
  PowerOffIcon,
  RedoIcon,
  SyncAltIcon,
  TerminalIcon,
  TrashIcon,
} from '../../components/icons.ts'
import type { EntityAction } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'

/** Actions with words of their own for the question before them. */
type Asked = 'reboot' | 'rebootForced' | 'shutdown' | 'shutdownForced' | 'remove'

const ask = (id: Asked) => (t: TFunction, name: string) => ({
  title: t(`hosts:ask.${id}.title`, { name }),
  body: t(`hosts:ask.${id}.body`),
  confirm: t(`hosts:ask.${id}.do`),
})

/** Everything that can be done to a host, in the order of the menus. */
export const HOST_ACTIONS: readonly EntityAction<'host'>[] = [
  {
    id: 'host.reconnect',
    group: 'link',
    label: (t) => t('hosts:action.reconnect'),
    icon: <SyncAltIcon />,
    isMain: true,
    call: { command: 'host.reconnect', input: {} },
  },
  {
    id: 'host.check',
    group: 'link',
    label: (t) => t('hosts:action.check'),
    icon: <CheckIcon />,
    call: { command: 'host.check', input: {} },
    open: ({ id }) => openDialog({ kind: 'check-host', hostId: id }),
  },
  {
    id: 'host.edit',
    group: 'link',
    label: (t) => t('hosts:action.edit'),
    icon: <EditIcon />,
    call: { command: 'host.edit', input: {} },
    open: ({ id }) => openDialog({ kind: 'edit-host', hostId: id }),
  },
  {
    id: 'vm.import-xml',
    group: 'link',
    label: (t) => t('vms:importXml.open'),
    isOffered: (hosts) => hosts.length === 1,
    // Not asked of the engine here: that depends on the XML.
    open: ({ id }) => openDialog({ kind: 'import-vm-xml', hostId: id }),
  },
  {
    id: 'host.shell',
    group: 'shell',
    label: (t) => t('hosts:action.shell'),
    icon: <TerminalIcon />,
    call: { command: 'host.shell', input: {} },
    open: ({ id, name }) =>
      openConsoleWindow({
        windowName: `virtdeck-console-shell-${id}`,
        address: `console.html?${new URLSearchParams({ host: id, kind: 'shell' })}`,
        command: 'host.shell',
        subject: name,
      }),
  },
  {
    id: 'host.maintenance',
    group: 'life',
    label: (t) => t('hosts:action.maintenance'),
    icon: <PauseIcon />,
    isMain: true,
    isOffered: (hosts) => hosts.some(({ maintenance }) => maintenance === null),
    // What cannot be moved away the dialog asks about.
    call: { command: 'host.maintenance', input: { unmovable: 'leave' }, takesList: true },
    openAll: (ids) => openDialog({ kind: 'maintain-hosts', hostIds: ids as readonly HostId[] }),
  },
  {
    id: 'host.activate',
    group: 'life',
    label: (t) => t('hosts:action.activate'),
    icon: <PlayIcon />,
    isMain: true,
    isOffered: (hosts) => hosts.some(({ maintenance, power }) => maintenance !== null || power !== null),
    call: { command: 'host.activate', input: {}, takesList: true },
  },
  {
    id: 'host.activate:back',
    group: 'life',
    label: (t) => t('hosts:action.bringBack'),
    isOffered: (hosts) => hosts.some(({ maintenance }) => (maintenance?.movedVmIds ?? []).length > 0),
    call: { command: 'host.activate', input: { bringBack: true }, takesList: true },
  },
  {
    id: 'host.move',
    group: 'life',
    label: (t) => t('hosts:action.move'),
    icon: <ClusterIcon />,
    open: ({ id }) => openDialog({ kind: 'move-host', hostId: id }),
    // The engine's rule; it cannot be asked before a cluster is chosen.
    refusal: ({ status }, t) => (status === 'maintenance' ? null : t('hosts:move.maintenanceFirst')),
  },
  {
    id: 'host.reboot',
    group: 'power',
    label: (t) => t('hosts:action.reboot'),
    icon: <RedoIcon />,
    danger: true,
    asked: 'always',
    question: ask('reboot'),
    explainsRefusal: true,
    call: { command: 'host.reboot', input: {}, takesList: true },
  },
  {
    id: 'host.shutdown',
    group: 'power',
    label: (t) => t('hosts:action.shutdown'),
    icon: <PowerOffIcon />,
    danger: true,
    asked: 'always',
    question: ask('shutdown'),
    explainsRefusal: true,
    call: { command: 'host.shutdown', input: {}, takesList: true },
  },
  {
    id: 'host.reboot:forced',
    group: 'power',
    label: (t) => t('hosts:action.rebootForced'),
    danger: true,
    asked: 'always',
    question: ask('rebootForced'),
    isOffered: hasRunningVms,
    call: { command: 'host.reboot', input: { withRunningVms: true }, takesList: true },
  },
  {
    id: 'host.shutdown:forced',
    group: 'power',
    label: (t) => t('hosts:action.shutdownForced'),
    danger: true,
    asked: 'always',
    question: ask('shutdownForced'),
    isOffered: hasRunningVms,
    call: { command: 'host.shutdown', input: { withRunningVms: true }, takesList: true },
  },
  {
    id: 'host.remove',
    group: 'remove',
    label: (t) => t('hosts:action.remove'),
    icon: <TrashIcon />,
    danger: true,
    call: { command: 'host.remove', input: {} },
    open: ({ id }) => openDialog({ kind: 'remove-host', hostId: id }),
  },
  {
    // The dialog of one leads away from its page; of several each is only forgotten.
    id: 'host.remove:many',
    group: 'remove',
    label: (t) => t('hosts:action.remove'),
    icon: <TrashIcon />,
    danger: true,
    asked: 'always',
    question: ask('remove'),
    isOffered: (hosts) => hosts.length > 1,
    call: { command: 'host.remove', input: {}, takesList: true },
  },
]

function hasRunningVms(hosts: readonly Pick<Host, 'runningVmCount' | 'stale'>[]): boolean {
  return hosts.some(({ runningVmCount, stale }) => runningVmCount > 0 && !stale)
}
