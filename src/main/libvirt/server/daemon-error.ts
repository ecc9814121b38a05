import { libvirtErrorCode } from '../errors.ts'
import type { ErrorRecord } from '../protocol/types.gen.ts'

/** `VIR_ERR_ERROR`. */
const LEVEL_ERROR = 2
/** `virErrorDomain`: the parts of libvirt that a daemon answers for. */
export const errorDomain = { none: 0, remote: 13, rpc: 7, qemu: 10, network: 19, storage: 18, domain: 20 } as const

/** What a daemon answers instead of a result: libvirt's own number, the part of it that refuses, and a sentence. */
export class DaemonError extends Error {
  override readonly name = 'DaemonError'
  readonly record: ErrorRecord

  constructor(code: keyof typeof libvirtErrorCode, message: string, domain: keyof typeof errorDomain = 'qemu') {
    super(message)
    const none = { dom: null, str1: null, str2: null, str3: null, int1: -1, int2: -1, net: null }
    this.record = {
      code: libvirtErrorCode[code],
      domain: errorDomain[domain],
      message,
      level: LEVEL_ERROR,
      ...none,
      str1: message,
    }
  }
}

/** As libvirt refuses what the driver of a connection cannot do (`virReportUnsupportedError`). */
export function unsupported(procedure: string): DaemonError {
  return new DaemonError('noSupport', `this function is not supported by the connection driver: ${procedure}`, 'remote')
}
