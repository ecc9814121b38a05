import type { Duplex } from 'node:stream'
import type { Vm } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { ConsoleHost } from './console-host.ts'

const OPEN_TIMEOUT_MS = 15_000

/** Opens the VM's first serial console. Errors: console.serial-busy, console.no-serial, and those of libvirt and ssh. */
export async function openSerial(host: ConsoleHost, vm: Vm, force: boolean, signal: AbortSignal): Promise<Duplex> {
  try {
    return await host.openSerial(vm, { force, timeoutMs: OPEN_TIMEOUT_MS, signal })
  } catch (error) {
    throw explainSerialError(error, vm.name)
  }
}

/**
 * libvirt has no error code of its own for a console in use, only VIR_ERR_OPERATION_FAILED with a text
 * (`qemuDomainOpenConsole`); hosts answer in English, as their daemons run without a locale. Pure.
 */
export function explainSerialError(error: unknown, name: string): unknown {
  if (!isAppError(error, 'libvirt.call-failed')) return error
  const { message } = error.params
  if (/active console session/i.test(message)) {
    return new AppError('console.serial-busy', { name }, { cause: error, retry: 'safe' })
  }
  if (/cannot find (default )?(console|character) device|not using a PTY/i.test(message)) {
    return new AppError('console.no-serial', { name }, { cause: error })
  }
  return error
}
