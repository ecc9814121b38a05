import type { Vm, VmId } from '../../../shared/domain/index.ts'
import { openConsoleWindow } from '../../components/console-window.ts'
import { showVm } from '../../stores/index.ts'

export type ConsoleKind = 'graphics' | 'serial'

/**
 * The console that is meant when none is named: the display, or the serial port of a machine that has only that; null: it has
 * nothing that could be opened. Pure.
 */
export function decideConsoleKind(vm: Pick<Vm, 'graphics' | 'hasSerialConsole'>): ConsoleKind | null {
  if (vm.graphics.some(({ type }) => type === 'vnc')) return 'graphics'
  return vm.hasSerialConsole ? 'serial' : null
}

/** Opens that console; shows a machine that has none. */
export function openAnyConsole(vm: Pick<Vm, 'id' | 'name' | 'graphics' | 'hasSerialConsole'>): void {
  const kind = decideConsoleKind(vm)
  if (kind === null) showVm(vm.id)
  else openConsole(vm, kind)
}

/** The address of a console window. Pure. */
export function consoleAddress(vmId: VmId, kind: ConsoleKind): string {
  return `console.html?${new URLSearchParams({ vm: vmId, kind })}`
}

/** Opens a VM's console in a window of its own; a second request brings that window forward. */
export function openConsole({ id: vmId, name }: { readonly id: VmId; readonly name: string }, kind: ConsoleKind): void {
  openConsoleWindow({
    windowName: `virtdeck-console-${kind}-${vmId}`,
    address: consoleAddress(vmId, kind),
    command: 'console.open',
    subject: name,
  })
}
