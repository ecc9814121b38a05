import { isOwnAddress } from './origin.ts'

/** What the app's pages may do beyond an ordinary page: write what a person copies, full screen, and its keys for consoles. */
const ALLOWED: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'fullscreen', 'keyboardLock'])

/** Whether a page gets a permission. Everything that is not named is refused. Pure. */
export function decidePermission(permission: string, requestingAddress: string): boolean {
  return ALLOWED.has(permission) && isOwnAddress(requestingAddress)
}
