import { type Browser, type BrowserContext, chromium } from '@playwright/test'

const args = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
if (process.getuid?.() === 0) args.push('--no-sandbox')
const options = { executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args }

/** The installed Chromium, without errands of its own. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch(options)
}

/** The same with a profile on disk, which keeps pages and their compiled code from one visit to the next. */
export function startBrowserWithProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, options)
}
