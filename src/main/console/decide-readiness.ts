import type { Vm, VmStatus } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { DomainStanding } from './console-host.ts'

/** Statuses of a VM that QEMU is being made for, whatever its host says yet. */
const STARTING: ReadonlySet<VmStatus> = new Set<VmStatus>(['powering-up', 'restoring-state'])

/**
 * Why a VM's console is not to be touched at this moment though its status allows it, or null. Pure.
 *
 * While libvirt starts a domain ("paused, starting up"), QEMU listens already but has not been told the display's password,
 * and the live definition still lacks ports and terminals: what such a try is told ("wrong password", "listens nowhere",
 * "no PTY") would be true for some milliseconds only.
 */
export function decideReadiness({ name, status }: Vm, { state, reason }: DomainStanding): AppError | null {
  const starting = new AppError('console.starting', { name }, { subject: name, retry: 'safe' })
  if (state === 'paused' && reason === 'starting-up') return starting
  if (state !== 'shut-off') return null
  if (STARTING.has(status)) return starting
  return new AppError('console.vm-not-running', { name, status: 'down' }, { subject: name, retry: 'safe' })
}
