import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { ErrorRecord } from './protocol/types.gen.ts'

/** Numbers of `virErrorNumber` (libvirt/virterror.h) that callers decide by. */
export const libvirtErrorCode = {
  internal: 1,
  noSupport: 3,
  noConnection: 5,
  invalidArgument: 8,
  operationFailed: 9,
  xml: 27,
  domainExists: 28,
  operationDenied: 29,
  openFailed: 30,
  xmlDetail: 35,
  networkExists: 37,
  system: 38,
  rpc: 39,
  noDomain: 42,
  noNetwork: 43,
  authenticationFailed: 45,
  noStoragePool: 49,
  noStorageVolume: 50,
  noNodeDevice: 53,
  operationInvalid: 55,
  noInterface: 57,
  noNwfilter: 62,
  noSecret: 66,
  configurationUnsupported: 67,
  operationTimeout: 68,
  noDomainSnapshot: 72,
  argumentUnsupported: 74,
  operationAborted: 78,
  authenticationCancelled: 79,
  noDomainMetadata: 80,
  operationUnsupported: 84,
  agentUnresponsive: 86,
  resourceBusy: 87,
  accessDenied: 88,
  storageVolumeExists: 90,
  cpuIncompatible: 91,
  authenticationUnavailable: 94,
  noServer: 95,
  agentUnsynced: 97,
  deviceMissing: 99,
  noNwfilterBinding: 101,
  noDomainCheckpoint: 103,
  noDomainBackup: 104,
  noNetworkPort: 107,
} as const

/** True when `error` is the daemon's own answer, and, with `code`, when it has that number. */
export function isLibvirtError(
  error: unknown,
  code?: keyof typeof libvirtErrorCode,
): error is AppError<'libvirt.call-failed'> {
  if (!isAppError(error, 'libvirt.call-failed')) return false
  return code === undefined || error.params.libvirtCode === libvirtErrorCode[code]
}

/** The daemon's error as an AppError, whole: code, domain, message, level. */
export function callFailed(procedure: string, record: ErrorRecord): AppError<'libvirt.call-failed'> {
  return new AppError('libvirt.call-failed', {
    procedure,
    libvirtCode: record.code,
    libvirtDomain: record.domain,
    message: record.message ?? '',
    level: record.level,
  })
}

/** Bytes that the protocol does not allow. The connection ends with this. */
export function protocolViolation(detail: string, cause?: unknown): AppError<'libvirt.protocol-violation'> {
  return new AppError('libvirt.protocol-violation', { detail }, { cause })
}

/**
 * What a pending call is told when the connection ends. A call that was never sent may simply be repeated; of one that
 * was, nobody knows whether it took effect.
 */
export function outcomeUnknown(procedure: string, reason: string, sent: boolean, cause: unknown): AppError {
  return new AppError(
    'libvirt.outcome-unknown',
    { procedure, reason },
    { retry: sent ? 'after-refresh' : 'safe', cause },
  )
}
