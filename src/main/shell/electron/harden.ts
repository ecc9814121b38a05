import type { App, IpcMainEvent, Session } from 'electron'
import { decidePermission } from './decide-permission.ts'
import { isOwnAddress } from './origin.ts'

/** Refuses, for every page that there ever is: leaving the app, embedding others, and permissions beyond the few allowed. */
export function hardenPages(app: Pick<App, 'on'>, session: Session): void {
  app.on('web-contents-created', (_event, contents) => {
    // The shell loads pages itself (which is not a navigation in this sense); pages have nowhere to go but where they are.
    const staysHere = (address: string) => isOwnAddress(address) && address === contents.getURL()
    contents.on('will-navigate', (event) => {
      if (!staysHere(event.url)) event.preventDefault()
    })
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame || !staysHere(event.url)) event.preventDefault()
    })
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
  session.setPermissionRequestHandler((_contents, permission, respond, { requestingUrl }) => {
    respond(decidePermission(permission, requestingUrl))
  })
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) =>
    decidePermission(permission, requestingOrigin),
  )
  session.setDevicePermissionHandler(() => false)
}

/** True when a message comes from the top frame of one of the app's own pages. */
export function isTrustedSender({ senderFrame }: Pick<IpcMainEvent, 'senderFrame'>): boolean {
  // Null: the frame has gone since.
  return senderFrame !== null && senderFrame.parent === null && isOwnAddress(senderFrame.url)
}
