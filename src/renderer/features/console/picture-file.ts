/** A file name for a picture of a VM's screen: "web-01 2026-11-23 16.40.05.png", without what file systems refuse. Pure. */
export function pictureFileName(vmName: string, at: Date): string {
  const pad = (value: number) => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`
  const time = `${pad(at.getHours())}.${pad(at.getMinutes())}.${pad(at.getSeconds())}`
  const name = vmName
    .replace(/\p{Cc}|[<>:"/\\|?*]/gu, '_')
    .replace(/^\.+/, '_')
    .slice(0, 100)
  return `${name} ${day} ${time}.png`
}

/** Puts a picture on the clipboard. Rejects where the browser does not allow it. */
export async function copyPictureToClipboard(picture: Blob): Promise<void> {
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })])
}
