import { type HostId, isId, type VmId } from '../../../shared/domain/index.ts'

export type ConsoleKind = 'graphics' | 'serial'

/** Which console a window shows; it stands in the window's address. */
export interface ConsoleAddress {
  readonly vmId: VmId
  readonly kind: ConsoleKind
  /** Alias of the serial port; null: the first that can be opened. */
  readonly port: string | null
}

/** The host whose shell a window shows; null: it shows none. */
export function parseShellAddress(query: string): HostId | null {
  const parameters = new URLSearchParams(query)
  const hostId = parameters.get('host') ?? ''
  return parameters.get('kind') === 'shell' && isId(hostId) ? (hostId as HostId) : null
}

/** The query of a console window's address. */
export function formatConsoleAddress({ vmId, kind, port }: ConsoleAddress): string {
  return `?${new URLSearchParams({ vm: vmId, kind, ...(port === null ? {} : { port }) })}`
}

/** Reads a console window's query; null when it names no VM. */
export function parseConsoleAddress(query: string): ConsoleAddress | null {
  const parameters = new URLSearchParams(query)
  const vmId = parameters.get('vm') ?? ''
  if (!isId(vmId)) return null
  const kind = parameters.get('kind') === 'serial' ? 'serial' : 'graphics'
  return { vmId: vmId as VmId, kind, port: kind === 'serial' ? parameters.get('port') : null }
}
