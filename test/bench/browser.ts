import { type Browser, type BrowserContext, chromium } from '@playwright/test'
import { windowFlags } from '../../tools/lib/window-flags.mjs'

const options = {
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: [...windowFlags, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
}

/** The installed Chromium, as the window shell starts it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch(options)
}

/** The same with a profile on disk, which keeps pages and their compiled code from one visit to the next. */
export function startBrowserWithProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, options)
}
