import { defineConfig } from '@playwright/test'
import type { HostSystem } from './test/lab/host-system.ts'

// The browser's own errands would be the only traffic beyond the lab's hosts.
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
]
const isRoot = process.getuid?.() === 0

export default defineConfig<object, { system: HostSystem }>({
  testDir: 'test/e2e',
  testMatch: '**/*.{test,spec}.ts',
  outputDir: 'test-results/e2e',
  globalSetup: './test/e2e/global-setup.ts',
  // A worker waits for its hosts and its browser most of the time.
  workers: 2,
  retries: 0,
  forbidOnly: process.env.CI === 'true',
  // The time limits are for what hangs, on a machine of whatever speed.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
  projects: [{ name: 'machine' }, { name: 'debian-13', grep: /@every-system/, use: { system: 'debian-13' } }],
  use: {
    viewport: { width: 1360, height: 860 },
    locale: 'en-US',
    screenshot: 'only-on-failure',
    // Without its film, which every test would pay for with pictures of each repaint; the pages at each step are in it.
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [...quiet, ...(isRoot ? ['--no-sandbox'] : [])],
    },
  },
})
