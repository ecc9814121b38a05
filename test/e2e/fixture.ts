import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
import type { HostSystem } from '../lab/host-system.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { type ServedApp, startServedApp } from './served-app.ts'

interface WorkerFixtures {
  /** What the hosts are; a project of playwright.config.ts may choose another. */
  readonly system: HostSystem
  /** Two hosts, up once for a run; the second one has no libvirt. */
  readonly lab: Lab
}

interface TestFixtures {
  /** A fresh engine with an empty inventory, and what it printed when a test failed. */
  readonly app: ServedApp
  /** A page that is signed in to `app`. Any error in its console fails the test. */
  readonly deck: Page
}

/** Playwright's `test` with the lab, a fresh engine for each test, and a signed-in page. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  system: ['machine', { scope: 'worker', option: true }],
  lab: [
    async ({ system }, use) => {
      const lab = await startLab({ hosts: 2, host: { system }, perHost: { 2: { libvirt: 'absent' } } })
      try {
        await use(lab)
      } finally {
        await lab.stop()
      }
    },
    // the first lab on a machine may have to make the root of its hosts
    { scope: 'worker', timeout: 15 * 60_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
  app: async ({}, use, info) => {
    const app = await startServedApp()
    await use(app)
    if (info.status !== info.expectedStatus) await info.attach('server', { body: app.output() })
    await app.stop()
  },
  deck: async ({ page, app }, use) => {
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await page.goto(app.url)
    await use(page)
    expect(complaints, 'errors in the page').toEqual([])
  },
})

export { expect }

/** Tests that also run on hosts of every other system: together one pass of what a person does. */
export const onEverySystem = { tag: '@every-system' }

/** The rules of axe that colours decide; what the others find, they find in every theme. */
const colorRules = ['color-contrast', 'link-in-text-block']

/** Fails when axe finds anything on the page as it is now; `colorsOnly`: where all else was judged in another theme. */
export async function expectAccessible(page: Page, what: string, { colorsOnly = false } = {}): Promise<void> {
  // What it finds is put together in the page itself. In a page of its own, which it makes for each call, that takes three times as
  // long; it is for frames of other origins, of which there are none.
  const builder = new AxeBuilder({ page }).setLegacyMode()
  if (colorsOnly) builder.withRules(colorRules)
  const { violations } = await builder.analyze()
  const found = violations.map(
    (violation) => `${violation.id}: ${violation.help}\n  ${violation.nodes.map((node) => node.html).join('\n  ')}`,
  )
  expect(found, `axe on ${what}`).toEqual([])
}

/** The page as it is now, in each theme. */
export async function eachTheme(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expectAccessible(page, `${what}, ${colorScheme}`, { colorsOnly: colorScheme === 'light' })
  }
}
