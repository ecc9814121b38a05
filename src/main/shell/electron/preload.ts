import { ipcRenderer } from 'electron'
import { PORTS_CHANNEL, READY_CHANNEL } from './channels.ts'

/*
 * All that a page gets of Electron: the ports that the main process sends, passed on in a window message. It exposes no
 * function and no object.
 */
ipcRenderer.on(PORTS_CHANNEL, (event, message: string) => {
  window.postMessage(message, location.origin, [...event.ports])
})
// Module scripts have run by then, so the page listens.
window.addEventListener('DOMContentLoaded', () => ipcRenderer.send(READY_CHANNEL))
