import { randomBytes } from 'node:crypto'

/** Eight characters: VNC reads no more. */
const PASSWORD_BYTES = 6

/** A password for a screen whose own is not known any more. */
export function makeScreenPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url')
}
