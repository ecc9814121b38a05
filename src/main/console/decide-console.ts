import type { ParsedInput } from '../../shared/contract/index.ts'
import type { Vm, VmSerialPort, VmStatus } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'

/** Statuses in which there is a QEMU process whose display and serial port can be connected to. */
const STATUSES_WITH_CONSOLE: ReadonlySet<VmStatus> = new Set<VmStatus>([
  'powering-up',
  'up',
  'paused',
  'migrating-from',
  'migrating-to',
  'not-responding',
  'reboot-in-progress',
  'saving-state',
  'restoring-state',
  'powering-down',
])

/** Why a console of the asked kind cannot be opened now, or null. Pure. */
export function decideConsole(snapshot: ModelSnapshot, input: ParsedInput<'console.open'>): AppError | null {
  const vm = snapshot.vms.get(input.vmId)
  if (vm === undefined) return new AppError('vm.not-found', { vmId: input.vmId })
  const host = snapshot.hosts.get(vm.hostId)
  const about = { subject: vm.name, hostId: vm.hostId }
  if (host === undefined) return new AppError('host.not-found', { hostId: vm.hostId }, about)
  if (vm.status === 'unknown' || vm.stale) {
    return new AppError('vm.status-unknown', { name: vm.name, hostName: host.name }, { ...about, retry: 'safe' })
  }
  if (!STATUSES_WITH_CONSOLE.has(vm.status)) {
    return new AppError('console.vm-not-running', { name: vm.name, status: vm.status }, about)
  }
  return input.kind === 'serial' ? decideSerial(vm, input.port) : decideGraphics(vm)
}

function decideSerial({ name, serialPorts }: Vm, port: string | null): AppError | null {
  const chosen = chooseSerialPort(name, serialPorts, port)
  return chosen instanceof AppError ? chosen : null
}

/** The port of this alias, or with null the first that can be opened; the error says why there is none. Pure. */
export function chooseSerialPort(
  name: string,
  ports: readonly VmSerialPort[],
  alias: string | null,
): VmSerialPort | AppError {
  const about = { subject: name }
  const [first] = ports
  if (first === undefined) return new AppError('console.no-serial', { name }, about)
  const chosen =
    alias === null ? (ports.find(({ canOpen }) => canOpen) ?? first) : ports.find((port) => port.alias === alias)
  if (chosen === undefined) return new AppError('console.port-not-found', { name, port: alias ?? '' }, about)
  if (chosen.canOpen) return chosen
  return new AppError('console.port-unsupported', { name, port: chosen.alias, type: chosen.type }, about)
}

function decideGraphics(vm: Vm): AppError | null {
  const about = { subject: vm.name, hostId: vm.hostId }
  if (vm.graphics.length === 0) return new AppError('console.no-graphics', { name: vm.name }, about)
  const vnc = vm.graphics.filter(({ type }) => type === 'vnc')
  if (vnc.length === 0) {
    const kind = vm.graphics.map(({ type }) => type).join(', ')
    return new AppError('console.kind-unsupported', { name: vm.name, kind }, about)
  }
  // One that listens nowhere may still get a listener in its live definition; that is seen when it is opened.
  return vnc.every(({ listen }) => listen === 'none')
    ? new AppError('console.not-listening', { name: vm.name }, about)
    : null
}
