import type { TFunction } from 'i18next'
import type { Vm, VmId } from '../../../shared/domain/index.ts'
import {
  DesktopIcon,
  EditIcon,
  MigrateIcon,
  PauseIcon,
  PlayIcon,
  PowerOffIcon,
  RedoIcon,
  SaveIcon,
  TerminalIcon,
  TrashIcon,
} from '../../components/icons.ts'
import type { EntityAction } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'
import { type ConsoleKind, openConsole } from './open-console.ts'
import { whyInactive } from './status.ts'

/** Actions with words of their own for the question before them. */
type Asked =
  | 'start'
  | 'startElsewhere'
  | 'resume'
  | 'pause'
  | 'shutdown'
  | 'reboot'
  | 'save'
  | 'poweroff'
  | 'reset'
  | 'nmi'
  | 'freeze'
  | 'discard'
  | 'discardPending'

/** What migrates as it runs, or, where it is down, as its definition. */
const MOVABLE: ReadonlySet<string> = new Set(['up', 'paused', 'down'])

/** Of what is not there yet: the engine is only asked whether it could be. */
const NEW_NAME = '00000000-0000-4000-8000-000000000000'

const ask = (id: Asked) => (t: TFunction, name: string) => ({
  title: t(`vms:confirm.${id}.title`, { name }),
  body: t(`vms:confirm.${id}.body`),
  confirm: t(`vms:confirm.${id}.do`),
})

/** Their dialogs are about one machine. */
const isOne = (vms: readonly Vm[]) => vms.length === 1

const haveAgents = (vms: readonly Vm[]) => vms.some(({ guestAgent }) => guestAgent === 'connected')

/** Everything that can be done to a VM, in the order of the menus. */
export const VM_ACTIONS: readonly EntityAction<'vm'>[] = [
  {
    id: 'console.graphics',
    group: 'console',
    label: (t) => t('vms:action.console'),
    icon: <DesktopIcon />,
    open: (vm) => openConsole(vm, 'graphics'),
    refusal: (vm, t) => whyNoConsole(vm, 'graphics', t),
  },
  {
    id: 'console.serial',
    group: 'console',
    label: (t) => t('vms:action.serialConsole'),
    icon: <TerminalIcon />,
    open: (vm) => openConsole(vm, 'serial'),
    refusal: (vm, t) => whyNoConsole(vm, 'serial', t),
  },
  {
    id: 'console.viewer',
    group: 'console',
    label: (t) => t('vms:action.viewer'),
    isOffered: isOne,
    call: { command: 'console.viewer', input: {} },
    open: ({ id }) => openDialog({ kind: 'vm-viewer', vmId: id }),
  },
  {
    id: 'vm.start',
    group: 'run',
    label: (t) => t('vms:action.start'),
    icon: <PlayIcon />,
    isMain: true,
    question: ask('start'),
    call: { command: 'vm.start', input: {}, takesList: true },
  },
  {
    id: 'vm.start:paused',
    group: 'run',
    label: (t) => t('vms:action.startPaused'),
    question: ask('start'),
    call: { command: 'vm.start', input: { paused: true }, takesList: true },
  },
  {
    id: 'vm.start:fresh',
    group: 'run',
    label: (t) => t('vms:action.startFresh'),
    danger: true,
    isOffered: (vms) => vms.some(({ hasManagedSave }) => hasManagedSave),
    asked: 'always',
    question: ask('discard'),
    call: { command: 'vm.start', input: { discardSavedState: true }, takesList: true },
  },
  {
    id: 'vm.start:elsewhere',
    group: 'run',
    label: (t) => t('vms:action.startElsewhere'),
    danger: true,
    isOffered: (vms) => vms.some(({ status, stale }) => status === 'unknown' && stale),
    asked: 'forced',
    question: ask('startElsewhere'),
    call: { command: 'vm.start', input: { confirmed: true }, takesList: true },
  },
  {
    id: 'vm.run-once',
    group: 'run',
    label: (t) => t('vms:action.runOnce'),
    isOffered: isOne,
    call: { command: 'vm.run-once', input: {} },
    open: ({ id }) => openDialog({ kind: 'run-once', vmId: id }),
  },
  {
    id: 'vm.resume',
    group: 'run',
    label: (t) => t('vms:action.resume'),
    icon: <PlayIcon />,
    question: ask('resume'),
    call: { command: 'vm.resume', input: {}, takesList: true },
  },
  {
    id: 'vm.pause',
    group: 'run',
    label: (t) => t('vms:action.pause'),
    icon: <PauseIcon />,
    asked: 'courtesy',
    question: ask('pause'),
    call: { command: 'vm.pause', input: {}, takesList: true },
  },
  {
    id: 'vm.migrate',
    group: 'migrate',
    label: (t) => t('vms:action.migrate'),
    icon: <MigrateIcon />,
    isMain: true,
    refusal: ({ status }, t) => (MOVABLE.has(status) ? null : t('vms:migrate.unmovable')),
    // Where no host takes it, the dialog says for each what stands in the way.
    explainsRefusal: true,
    call: { command: 'vm.migrate', input: {}, takesList: true },
    openAll: (ids) => openDialog({ kind: 'migrate', vmIds: ids as readonly VmId[], hostId: null, clusterId: null }),
  },
  {
    id: 'vm.change-cd',
    group: 'medium',
    label: (t) => t('vms:action.changeCd'),
    isOffered: isOne,
    refusal: ({ disks }, t) => (disks.some(({ device }) => device === 'cdrom') ? null : t('vms:cd.noDrive')),
    call: { command: 'vm.change-cd', input: { diskId: null } },
    open: ({ id }) => openDialog({ kind: 'change-cd', vmId: id }),
  },
  {
    id: 'vm.guest-time',
    group: 'guest',
    label: (t) => t('vms:action.guestTime'),
    isOffered: haveAgents,
    call: { command: 'vm.guest-time', input: {}, takesList: true },
  },
  {
    id: 'vm.guest-freeze',
    group: 'guest',
    label: (t) => t('vms:action.guestFreeze'),
    isOffered: haveAgents,
    asked: 'always',
    question: ask('freeze'),
    call: { command: 'vm.guest-freeze', input: {}, takesList: true },
  },
  {
    id: 'vm.guest-thaw',
    group: 'guest',
    label: (t) => t('vms:action.guestThaw'),
    isOffered: haveAgents,
    call: { command: 'vm.guest-thaw', input: {}, takesList: true },
  },
  {
    id: 'vm.guest-password',
    group: 'guest',
    label: (t) => t('vms:action.guestPassword'),
    isOffered: (vms) => isOne(vms) && haveAgents(vms),
    call: { command: 'vm.guest-password', input: { user: 'root', password: '*' } },
    open: ({ id }) => openDialog({ kind: 'guest-password', vmId: id }),
  },
  {
    id: 'vm.guest-exec',
    group: 'guest',
    label: (t) => t('vms:action.guestRun'),
    isOffered: (vms) => isOne(vms) && haveAgents(vms),
    call: { command: 'vm.guest-exec', input: { path: '/' } },
    open: ({ id }) => openDialog({ kind: 'run-in-guest', vmId: id }),
  },
  {
    id: 'vm.shutdown',
    group: 'stop',
    label: (t) => t('vms:action.shutdown'),
    icon: <PowerOffIcon />,
    isMain: true,
    asked: 'courtesy',
    question: ask('shutdown'),
    call: { command: 'vm.shutdown', input: {}, takesList: true },
  },
  {
    id: 'vm.reboot',
    group: 'stop',
    label: (t) => t('vms:action.reboot'),
    icon: <RedoIcon />,
    asked: 'courtesy',
    question: ask('reboot'),
    call: { command: 'vm.reboot', input: {}, takesList: true },
  },
  {
    id: 'vm.save',
    group: 'stop',
    label: (t) => t('vms:action.save'),
    icon: <SaveIcon />,
    question: ask('save'),
    call: { command: 'vm.save', input: {}, takesList: true },
  },
  {
    id: 'vm.poweroff',
    group: 'force',
    label: (t) => t('vms:action.poweroff'),
    danger: true,
    asked: 'forced',
    question: ask('poweroff'),
    call: { command: 'vm.poweroff', input: {}, takesList: true },
  },
  {
    id: 'vm.reset',
    group: 'force',
    label: (t) => t('vms:action.reset'),
    danger: true,
    asked: 'forced',
    question: ask('reset'),
    call: { command: 'vm.reset', input: {}, takesList: true },
  },
  {
    id: 'vm.nmi',
    group: 'force',
    label: (t) => t('vms:action.nmi'),
    danger: true,
    asked: 'always',
    question: ask('nmi'),
    call: { command: 'vm.nmi', input: {}, takesList: true },
  },
  {
    id: 'vm.send-keys',
    group: 'medium',
    label: (t) => t('vms:action.sendKeys', { keys: 'Ctrl+Alt+Delete' }),
    call: { command: 'vm.send-keys', input: { keys: 'ctrl+alt+delete' }, takesList: true },
  },
  {
    id: 'vm.snapshot-create',
    group: 'edit',
    label: (t) => t('vms:action.takeSnapshot'),
    isOffered: isOne,
    call: { command: 'vm.snapshot-create', input: { name: 'snapshot' } },
    // Why it cannot be taken, its dialog says: a name that is taken is no reason.
    explainsRefusal: true,
    open: ({ id }) => openDialog({ kind: 'take-snapshot', vmId: id }),
  },
  {
    id: 'vm.clone',
    group: 'edit',
    label: (t) => t('templates:action.clone'),
    isOffered: isOne,
    call: { command: 'vm.clone', input: { name: NEW_NAME } },
    // One that runs is cloned from its snapshots: the dialog says what there is.
    explainsRefusal: true,
    open: ({ id }) => openDialog({ kind: 'clone-vm', vmId: id }),
  },
  {
    id: 'template.create',
    group: 'edit',
    label: (t) => t('templates:action.make'),
    isOffered: isOne,
    call: { command: 'template.create', input: { name: NEW_NAME } },
    explainsRefusal: true,
    open: ({ id }) => openDialog({ kind: 'make-template', vmId: id }),
  },
  {
    id: 'backup.create',
    group: 'edit',
    label: (t) => t('vms:backups.take'),
    isOffered: isOne,
    open: ({ id }) => openDialog({ kind: 'back-up', vmId: id }),
  },
  {
    id: 'vm.edit',
    group: 'edit',
    label: (t) => t('vms:action.edit'),
    icon: <EditIcon />,
    call: { command: 'vm.edit', input: {} },
    open: ({ id }) => openDialog({ kind: 'edit-vm', vmId: id }),
  },
  {
    id: 'vm.edit-xml',
    group: 'edit',
    label: (t) => t('vms:editXml.open'),
    isOffered: isOne,
    call: { command: 'vm.edit', input: {} },
    open: ({ id }) => openDialog({ kind: 'edit-vm-xml', vmId: id }),
  },
  {
    id: 'vm.label',
    group: 'edit',
    label: (t) => t('vms:action.label'),
    call: { command: 'vm.label', input: {}, takesList: true },
    openAll: (ids) => openDialog({ kind: 'vm-labels', vmIds: ids as readonly VmId[] }),
  },
  {
    id: 'vm.discard-pending',
    group: 'edit',
    label: (t) => t('vms:action.discardPending'),
    isOffered: (vms) => vms.some(({ pending }) => pending.length > 0),
    asked: 'always',
    question: ask('discardPending'),
    call: { command: 'vm.discard-pending', input: {}, takesList: true },
  },
  {
    id: 'vm.autostart:on',
    group: 'autostart',
    label: (t) => t('vms:action.autostartOn'),
    isOffered: (vms) => vms.some(({ autostart }) => !autostart),
    call: { command: 'vm.autostart', input: { enabled: true }, takesList: true },
  },
  {
    id: 'vm.autostart:off',
    group: 'autostart',
    label: (t) => t('vms:action.autostartOff'),
    isOffered: (vms) => vms.some(({ autostart }) => autostart),
    call: { command: 'vm.autostart', input: { enabled: false }, takesList: true },
  },
  {
    id: 'vm.remove',
    group: 'remove',
    label: (t) => t('newvm:action.remove'),
    icon: <TrashIcon />,
    danger: true,
    // Not asked of the engine here: the dialog says why not.
    open: ({ id }) => openDialog({ kind: 'remove-vm', vmId: id }),
  },
  {
    id: 'vm.copy-id',
    group: 'copy',
    label: (t) => t('vms:action.copyId'),
    // Refused by the browser: the ID stands on the machine's page, to be copied by hand.
    open: ({ id }) => void navigator.clipboard.writeText(id).catch(() => undefined),
  },
]

/** Why a console cannot be opened; null: it can. Pure. */
function whyNoConsole(vm: Vm, kind: ConsoleKind, t: TFunction): string | null {
  if (kind === 'graphics' && !vm.graphics.some(({ type }) => type === 'vnc')) return t('vms:console.noGraphics')
  if (kind === 'serial' && !vm.hasSerialConsole) return t('vms:console.noSerial')
  const reason = whyInactive(vm.status)
  return reason === null ? null : t(reason)
}
