/** Raised by consoles (`src/main/console`). */
export interface ConsoleErrors {
  'console.ticket-invalid': { reason: 'unknown' | 'expired' | 'used' | 'other-user' }
  'console.no-graphics': { name: string }
  'console.no-serial': { name: string }
  'console.kind-unsupported': { name: string; kind: string }
  'console.serial-busy': { name: string }
  'console.vm-not-running': { name: string; status: string }
}
