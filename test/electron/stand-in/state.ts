import { EventEmitter } from 'node:events'
import type { DrivenBrowser } from './browser.ts'
import type { BrowserWindow } from './browser-window.ts'

/** What the parts of the stand-in share. */
export const standIn = {
  browser: null as DrivenBrowser | null,
  windows: [] as BrowserWindow[],
  ipc: new EventEmitter(),
  app: new EventEmitter(),
  handlers: new Map<string, (request: Request) => Promise<Response> | Response>(),
  /** What dialogs were shown, and the answers that a test has laid ready. */
  dialogs: [] as { readonly kind: string; readonly message: string; readonly detail: string }[],
  answers: [] as number[],
  /** Pages that Chromium opened without the shell: there must be none. */
  strayPages: 0,
  /** The engine's process; null while there is none. */
  enginePid: null as number | null,
  /** What was begun, in this order: windows and processes. */
  begun: [] as string[],
}
