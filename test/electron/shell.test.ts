import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { DrivenApp, LaunchOptions } from './driver.ts'
import { copyBuiltApp, drivers, hasElectron } from './drivers.ts'
import { waitFor } from './wait-for.ts'

const VM = '4dea22b3-1d52-48f3-9516-782e98ab3fa0'
const NO_KEY_STORE = 'This computer offers no key store'

for (const { name } of drivers) process.stderr.write(`electron: run in ${name}\n`)
if (!hasElectron) process.stderr.write('electron: not run in Electron itself: its binary is absent\n')

/** Resolves once the page has heard from the engine who is signed in. */
const waitUntilConnected = (page: Page) => page.getByText(userInfo().username).first().waitFor()

describe.each(drivers)('the Electron shell in $name', (driver) => {
  let folder = ''
  let appDir = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virtdeck-electron-'))
    appDir = await copyBuiltApp(folder)
  })
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))

  type Wanted = Omit<LaunchOptions, 'dataDir' | 'appDir'> & { readonly data: string }
  const optionsOf = ({ data, ...options }: Wanted): LaunchOptions => ({
    ...options,
    appDir,
    dataDir: join(folder, data),
  })
  const launch = async (wanted: Wanted) => {
    const app = await driver.launch(optionsOf(wanted))
    const page = await waitFor('the main window', () => app.pages().find((each) => each.url().endsWith('/index.html')))
    return { app, page, problems: watchPage(page) }
  }
  /** For one test: ended with it. */
  const launchForTest = async (wanted: Wanted) => {
    const launched = await launch(wanted)
    await waitUntilConnected(launched.page)
    onTestFinished(() => launched.app.kill())
    return launched
  }

  describe('while it runs', () => {
    let app: DrivenApp
    let page: Page
    let problems: readonly string[]
    beforeAll(async () => {
      ;({ app, page, problems } = await launch({ data: 'running' }))
    })
    afterAll(() => app?.kill())

    it('shows the window, connected to its engine, without a complaint of the content policy', async () => {
      await page.getByRole('banner').waitFor()
      await waitUntilConnected(page)
      expect(await page.title()).toBe('Virtdeck')
      expect(problems).toEqual([])
    })

    it('gives its pages nothing of Electron or Node but the ports', async () => {
      const found = await page.evaluate(() =>
        ['require', 'process', 'Buffer', 'module', 'electron', 'ipcRenderer', 'global'].filter(
          (name) => name in window,
        ),
      )
      expect(found).toEqual([])
    })

    it('refuses permissions except those that consoles need', async () => {
      const states = await page.evaluate(async () => {
        const ask = async (name: string) => (await navigator.permissions.query({ name: name as PermissionName })).state
        return { geolocation: await ask('geolocation'), camera: await ask('camera'), read: await ask('clipboard-read') }
      })
      expect(Object.values(states)).not.toContain('granted')
    })

    it('has native menus made of the page’s own, in step with them', async () => {
      const settings = await waitFor('the menu of the page', () => app.menuItem('settings'))
      expect(settings.enabled).toBe(true)
      expect((await app.menuItem('vm.none'))?.enabled).toBe(false)
      expect((await app.menuItem('theme.dark'))?.checked).toBe(false)
      await app.chooseMenuItem('theme.dark')
      await page.locator('html.pf-v6-theme-dark').waitFor()
      await waitFor('the mark moves', async () => (await app.menuItem('theme.dark'))?.checked === true)
      await app.chooseMenuItem('host.add')
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      const inPage = await page.locator('.vd-menubar__trigger').allTextContents()
      expect(inPage.length).toBeGreaterThan(2)
      expect(await app.menuTitles()).toEqual(expect.arrayContaining(inPage))
    })

    it('shows a console in a window of its own, once, and no other windows', async () => {
      const open = () =>
        page.evaluate((vm) => {
          // As the window's own code does it: an empty address finds what is open.
          window.open('', `virtdeck-console-graphics-${vm}`, 'popup')
          window.open(`console.html?vm=${vm}&kind=graphics`, `virtdeck-console-graphics-${vm}`)
        }, VM)
      await open()
      const isConsole = (each: Page) => each.url().includes('/console.html')
      const shown = await waitFor('the console window', () => app.pages().find(isConsole))
      await shown.getByRole('toolbar').waitFor()
      expect(new URL(shown.url()).searchParams.get('vm')).toBe(VM)
      await open()
      const elsewhere = await page.evaluate(() => [
        window.open('console.html?vm=../index&kind=graphics', 'x') === null,
        window.open('index.html', 'y') === null,
        window.open('https://example.com/', 'z') === null,
      ])
      expect(elsewhere).toEqual([true, true, true])
      // The console has gone the whole way to the engine and back: it knows that there is no such machine.
      await shown.locator('.vd-console[data-phase="waiting"]').waitFor()
      expect(app.pages()).toHaveLength(2)
    })

    it('leads nowhere: no navigation, no code from elsewhere', async () => {
      const address = page.url()
      await page.evaluate(() => {
        location.href = 'https://example.com/'
      })
      await page.evaluate(() => {
        const link = document.createElement('a')
        link.href = 'https://example.com/by-link'
        document.body.append(link)
        link.click()
      })
      const refused = await page.evaluate(
        () =>
          new Promise<string>((resolve) => {
            const element = document.createElement('script')
            element.textContent = 'document.title = "injected"'
            const heard = (event: SecurityPolicyViolationEvent) => resolve(event.effectiveDirective)
            document.addEventListener('securitypolicyviolation', heard, { once: true })
            document.head.append(element)
          }),
      )
      expect(refused).toMatch(/^script-src/)
      // While a refused navigation is on its way, Chromium shows where it leads.
      await waitFor('the page’s own title', async () => (await page.title()) === 'Virtdeck')
      expect(page.url()).toBe(address)
      // What is there may be loaded again, and is connected again.
      await page.reload()
      await waitUntilConnected(page)
    })

    it('runs once on a folder: a second start ends at once, and the first stays', async () => {
      const before = app.pages().length
      expect(await driver.launchSecond(optionsOf({ data: 'running' }))).toBe(0)
      expect(app.pages()).toHaveLength(before)
      await waitUntilConnected(page)
    })
  })

  it('speaks the language of the system in what it says itself', async () => {
    const { app } = await launchForTest({ data: 'korean', locale: 'ko-KR' })
    await waitFor('its own menus', async () => (await app.menuTitles()).includes('편집'))
  })

  it('ends in order when its window is closed, and comes up again where it was', async () => {
    const place = { x: 120, y: 80, width: 1_000, height: 700 }
    const first = await launch({ data: 'place' })
    await waitUntilConnected(first.page)
    await first.app.setBounds(place)
    expect(await first.app.closeMain()).toBe(0)
    expect(JSON.parse(await readFile(join(folder, 'place', 'window.json'), 'utf8')).bounds).toEqual(place)
    const second = await launchForTest({ data: 'place' })
    expect(await second.app.bounds()).toEqual(place)
  })

  const keyStoreOf = async (data: string) => {
    const lines = (await readFile(join(folder, data, 'virtdeck.log'), 'utf8')).split('\n')
    return lines.flatMap((line) => /"keyStore":"([^"]+)"/.exec(line)?.[1] ?? [])
  }

  it.runIf(driver.keyring.canBeThere)('keeps secrets with the system’s key store', async () => {
    expect(await keyStoreOf('running')).toEqual(['system'])
  })

  it.runIf(driver.keyring.canLack)('says so where the system has no key store, once', async () => {
    const first = await launch({ data: 'no-keyring', keyring: false })
    await waitUntilConnected(first.page)
    await waitFor('the notice', async () => (await first.app.dialogs()).includes(NO_KEY_STORE))
    expect(await keyStoreOf('no-keyring')).toEqual(['basic-text'])
    await first.app.closeMain()
    const second = await launchForTest({ data: 'no-keyring', keyring: false })
    expect(await second.app.dialogs()).toEqual([])
  })
})

/** Collects what a page complains about: refused by the content policy, errors that nobody caught. */
function watchPage(page: Page): string[] {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(error.message))
  return problems
}
