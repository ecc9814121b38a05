/** The app's own pages live under `app://virtdeck/`; nothing else is ever shown. */
export const APP_SCHEME = 'app'
export const APP_ORIGIN = 'app://virtdeck'

/** True for addresses of the app's own pages. Pure. */
export function isOwnAddress(address: string): boolean {
  try {
    const url = new URL(address)
    return url.protocol === 'app:' && url.host === 'virtdeck' && url.username === '' && url.port === ''
  } catch {
    return false
  }
}
