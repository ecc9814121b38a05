/** Raised by the libvirt protocol client (`src/main/libvirt`). */
export interface LibvirtErrors {
  /** The daemon answered with an error; its code, domain and message are kept whole. */
  'libvirt.call-failed': {
    procedure: string
    libvirtCode: number
    libvirtDomain: number
    message: string
    level: number
  }
  /** Bytes arrived that the protocol does not allow; the connection was ended. */
  'libvirt.protocol-violation': { detail: string }
  /** A call got no answer in time. Its outcome is unknown. */
  'libvirt.call-timed-out': { procedure: string; timeoutMs: number }
  /** The caller gave up on a call that had been sent. Its outcome is unknown. */
  'libvirt.call-aborted': { procedure: string }
  /** The connection ended while a call was under way. Its outcome is unknown. */
  'libvirt.outcome-unknown': { procedure: string; reason: string }
  /** The connection is not open (never was, or no longer). */
  'libvirt.connection-closed': { reason: string }
  /** The daemon stopped answering keepalive. */
  'libvirt.keepalive-lost': { intervalMs: number; missed: number }
  /** The daemon has lost the driver that answers (its own connection to another daemon); the connection was ended. */
  'libvirt.driver-lost': { reason: 'error' | 'end-of-file' | 'keepalive' | 'client' }
  /** Calls that were given up hold every slot and are not answered; the connection was ended. */
  'libvirt.calls-unanswered': { unanswered: number }
  /** The daemon asks for an authentication that Virtdeck does not do. */
  'libvirt.authentication-unsupported': { offered: string }
  /** Polkit on the host refused the user. */
  'libvirt.authentication-denied': { message: string }
  /** An event or stream consumer was too slow; the connection was given up rather than the memory. */
  'libvirt.consumer-too-slow': { queueLength: number }
  /** More calls wait on one connection than it takes. This one was not sent. */
  'libvirt.queue-full': { limit: number }
  /** A value that the protocol cannot carry (too long, out of range). The call was not sent. */
  'libvirt.argument-invalid': { procedure: string; detail: string }
  /** The procedure passes file descriptors, or is a stream or an event: it cannot be called like this. */
  'libvirt.procedure-not-callable': { procedure: string }
  /** Nothing moved on a stream for the time limit. */
  'libvirt.stream-stalled': { procedure: string; timeoutMs: number }
  /** The stream was given up on this side. */
  'libvirt.stream-aborted': { procedure: string }
}
