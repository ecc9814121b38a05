/*
 * A plain Chromium knows no `app:` scheme. The pages are shown under a loopback name instead, whose requests never leave
 * the browser: they are answered by the handler that the shell gave for its scheme. Such a name is a secure context too.
 */
const SHOWN = 'http://virtdeck.localhost'
const OWN = 'app://virtdeck'

export function toShown(address: string): string {
  return address.startsWith(OWN) ? SHOWN + address.slice(OWN.length) : address
}

export function toOwn(address: string): string {
  return address.startsWith(SHOWN) ? OWN + address.slice(SHOWN.length) : address
}
