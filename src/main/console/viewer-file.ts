/** What a `.vv` file says of a display. */
export interface ViewerFile {
  readonly port: number
  readonly password: string
  /** Of its window. */
  readonly title: string
}

/**
 * A connection file of virt-viewer (remote-viewer) for a VNC display on this computer. It deletes itself when it was read: what it leads to
 * is there once. Pure. https://www.mankier.com/1/remote-viewer#Connection_File
 */
export function buildViewerFile({ port, password, title }: ViewerFile): string {
  const lines = [
    '[virt-viewer]',
    'type=vnc',
    'host=127.0.0.1',
    `port=${port}`,
    `password=${password}`,
    // A key file ends a value at its line, and reads "\" as the beginning of an escape.
    `title=${title.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replaceAll('\\', '\\\\')}`,
    'delete-this-file=1',
  ]
  return `${lines.join('\n')}\n`
}
