/*
 * Commands that only ask a guest to do something. That they succeeded means that it was asked: it is done when an event of the
 * machine says so. In a file of its own: pages use it, whose first scripts build no schemas.
 */
const ASKING_COMMANDS: ReadonlySet<string> = new Set(['vm.shutdown', 'vm.reboot'])

/** True for a command that a guest may ignore. */
export function asksGuest(command: string): boolean {
  return ASKING_COMMANDS.has(command)
}
