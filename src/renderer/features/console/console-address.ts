import { isId, type VmId } from '../../../shared/domain/index.ts'

export type ConsoleKind = 'graphics' | 'serial'

/** Which console a window shows; it stands in the window's address. */
export interface ConsoleAddress {
  readonly vmId: VmId
  readonly kind: ConsoleKind
}

/** The query of a console window's address. */
export function formatConsoleAddress({ vmId, kind }: ConsoleAddress): string {
  return `?${new URLSearchParams({ vm: vmId, kind })}`
}

/** Reads a console window's query; null when it names no VM. */
export function parseConsoleAddress(query: string): ConsoleAddress | null {
  const parameters = new URLSearchParams(query)
  const vmId = parameters.get('vm') ?? ''
  if (!isId(vmId)) return null
  return { vmId: vmId as VmId, kind: parameters.get('kind') === 'serial' ? 'serial' : 'graphics' }
}
