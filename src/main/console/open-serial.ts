import type { Duplex } from 'node:stream'
import type { Vm } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import { parseSerialPorts } from '../xml/index.ts'
import type { ConsoleHost } from './console-host.ts'
import { chooseSerialPort } from './decide-console.ts'

const STEP_TIMEOUT_MS = 15_000

interface SerialChoice {
  /** The port's alias; null: the first that can be opened. */
  readonly port: string | null
  /** Take it from whoever has it. */
  readonly force: boolean
}

/**
 * Opens a serial port of the VM, chosen by its live definition: libvirt by itself opens the first, and fails when that
 * leads into a file. Errors: console.serial-busy, those of `chooseSerialPort`, of libvirt and ssh.
 */
export async function openSerial(
  host: ConsoleHost,
  vm: Vm,
  { port, force }: SerialChoice,
  signal: AbortSignal,
): Promise<Duplex> {
  const limits = { timeoutMs: STEP_TIMEOUT_MS, signal }
  const chosen = chooseSerialPort(vm.name, parseSerialPorts(await host.fetchDomainXml(vm, limits)), port)
  if (chosen instanceof AppError) throw chosen
  try {
    return await host.openSerial(vm, { ...limits, alias: chosen.alias, force })
  } catch (error) {
    throw explainSerialError(error, vm.name, chosen.alias)
  }
}

/**
 * libvirt has no error code of its own for a console in use, only VIR_ERR_OPERATION_FAILED with a text
 * (`qemuDomainOpenConsole`); hosts answer in English, as their daemons run without a locale. Pure.
 */
export function explainSerialError(error: unknown, name: string, port: string): unknown {
  if (!isAppError(error, 'libvirt.call-failed')) return error
  const { message } = error.params
  if (/active console session/i.test(message)) {
    return new AppError('console.serial-busy', { name }, { cause: error, retry: 'safe' })
  }
  if (/cannot find (default )?(console|character) device|not using a PTY/i.test(message)) {
    return new AppError('console.port-not-found', { name, port }, { cause: error })
  }
  return error
}
