/** Raised by consoles (`src/main/console`). */
export interface ConsoleErrors {
  'console.ticket-invalid': { reason: 'unknown' | 'expired' | 'used' | 'other-user' }
  'console.no-graphics': { name: string }
  'console.no-serial': { name: string }
  /** It has no serial port of this name (any more). */
  'console.port-not-found': { name: string; port: string }
  /** The serial port leads to where libvirt opens no stream (a file, a TCP port). */
  'console.port-unsupported': { name: string; port: string; type: string }
  'console.kind-unsupported': { name: string; kind: string }
  'console.serial-busy': { name: string }
  'console.vm-not-running': { name: string; status: string }
  /** It is being started: its display and serial ports are not ready yet. */
  'console.starting': { name: string }
  /** The display listens nowhere (`<listen type='none'/>`), so that nothing can be connected to it. */
  'console.not-listening': { name: string }
  /** The display's unix socket is in a folder that the SSH user may not enter. */
  'console.socket-permission': { name: string; user: string }
  /** The VNC server offers only ways to sign in that Virtdeck does not do (TLS, SASL). */
  'console.security-unsupported': { name: string; offered: string }
  /** The VNC server asks for a password that the definition does not have (set for the whole host, or by hand). */
  'console.password-unknown': { name: string }
  /** The VNC server refused the definition's password (changed by hand, or its time is over). */
  'console.password-refused': { name: string; reason: string }
  /** The VNC server refused the connection before any password; its own words. */
  'console.refused': { name: string; reason: string }
  /** Bytes arrived from the VNC server or the window that RFB does not allow. */
  'console.protocol-violation': { name: string; detail: string }
  /** The server did not finish its greeting in time. */
  'console.handshake-timed-out': { name: string; timeoutMs: number }
  /** A viewer did not know the password of its door. */
  'console.viewer-refused': { name: string }
  /** The engine runs elsewhere: what listens there on a loopback port, nobody here reaches. */
  'console.viewer-elsewhere': Record<string, never>
  /** One person, or all together, have as many consoles open as the engine carries. */
  'console.too-many': { limit: number }
  /** The browser did not let the page open the console's window. Raised by the page. */
  'console.window-blocked': { name: string }
}
