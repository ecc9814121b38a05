import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { guestXml } from '../lab/guest-xml.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { findLacks } from '../lab/requirements.ts'
import type { DrivenApp, LaunchOptions } from './driver.ts'
import { copyBuiltApp, drivers } from './drivers.ts'
import { waitFor } from './wait-for.ts'

/** The first of the question before the app ends. */
const QUIT_BUTTON = 0
const lacks = findLacks()
for (const lack of lacks) process.stderr.write(`electron: the engine’s process is not tested: ${lack}\n`)

describe.runIf(lacks.length === 0).each(drivers)('the engine in a process of its own, in $name', (driver) => {
  let lab: Lab
  let folder = ''
  let options: LaunchOptions
  let app: DrivenApp
  let page: Page

  const launch = async () => {
    app = await driver.launch(options)
    page = await waitFor('the main window', () => app.pages().find((each) => each.url().endsWith('/index.html')))
  }
  const dialogButton = (name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true })
  const enginePid = () => waitFor('the engine’s process', () => app.enginePid())
  const signalGuest = (signal: 'STOP' | 'CONT') => lab.host.exec(`kill -${signal} $(pgrep -f 'guest=[w]eb-01')`)
  /** A QEMU that stands still keeps a save at work, until the test is over. */
  const holdGuest = async () => {
    await signalGuest('STOP')
    onTestFinished(async () => void (await signalGuest('CONT').catch(() => undefined)))
  }
  const saveMachine = async () => {
    await page.getByRole('treeitem', { name: 'web-01' }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Save' }).click()
    const tasks = page.getByRole('region', { name: 'Tasks and events' })
    await tasks.getByRole('row', { name: /Save.*web-01.*writing memory/ }).waitFor()
  }
  const machineIs = (status: 'Up' | 'Down' | 'Suspended') =>
    page.getByRole('treeitem', { name: 'web-01' }).getByRole('img', { name: status, exact: true }).waitFor()

  /** With a password: the engine needs the secret, and whoever keeps its key, whenever it connects. */
  const addHost = async () => {
    const admin = lab.host.users.find((user) => user.inLibvirtGroup)
    await page.getByRole('button', { name: 'Add host…' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Address').fill(lab.host.address)
    await dialog.getByLabel('User').fill(admin?.name ?? '')
    await dialog.getByRole('radio', { name: 'Password' }).check()
    await dialog
      .getByLabel('Password')
      .last()
      .fill(admin?.password ?? '')
    await dialogButton('Check').click()
    await page.getByRole('checkbox', { name: /I compared/ }).check()
    await dialogButton('Trust this key').click()
    await dialogButton('Add').click()
  }

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
    await lab.host.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
    folder = await mkdtemp(join(tmpdir(), 'virtdeck-electron-'))
    const env = { HOME: folder, SSH_AUTH_SOCK: '' }
    options = { appDir: await copyBuiltApp(folder), dataDir: join(folder, 'data'), env }
    await launch()
    await addHost()
    await machineIs('Down')
  }, 300_000)
  afterAll(async () => {
    await app?.kill()
    await lab?.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  it('begins after the window, which does not wait for it', async () => {
    const begun = await app.begun()
    if (begun !== null) expect(begun).toEqual(['window', 'engine'])
  })

  it('crashes: the page greys and says so, another engine starts, and the page catches up', async () => {
    const before = await enginePid()
    const grey = page.locator('html[data-engine-gone]').waitFor({ state: 'attached' })
    process.kill(before, 'SIGKILL')
    // Somebody starts the machine meanwhile.
    await Promise.all([grey, lab.host.virsh(['start', 'web-01'])])
    await page.getByText('The engine ended unexpectedly').first().waitFor()
    const after = await waitFor('another engine', async () => {
      const pid = await app.enginePid()
      return pid === before ? null : pid
    })
    expect(after).not.toBe(before)
    await page.locator('html:not([data-engine-gone])').waitFor({ state: 'attached' })
    // It has connected to the host, with the password that only the key store can open.
    await machineIs('Up')
    const logs = await Promise.all(
      ['virtdeck.log', 'virtdeck-window.log'].map((name) => readFile(join(options.dataDir, name), 'utf8')),
    )
    expect(logs.at(1)).toContain('the engine ended unexpectedly')
    const password = lab.host.users.find((user) => user.inLibvirtGroup)?.password ?? ''
    expect(password.length).toBeGreaterThan(4)
    for (const log of logs) expect(log).not.toContain(password)
  })

  it('hangs: the window goes on, and asks before it quits without an answer', async () => {
    const pid = await enginePid()
    process.kill(pid, 'SIGSTOP')
    try {
      await app.chooseMenuItem('theme.dark')
      await page.locator('html.pf-v6-theme-dark').waitFor()
      await page.getByRole('treeitem', { name: 'web-01' }).click()
      await page.getByRole('heading', { name: 'web-01' }).waitFor()
      void app.closeMain()
      await waitFor('the question', async () => (await app.dialogs()).includes('The engine does not answer'))
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await machineIs('Up')
    expect(await app.enginePid()).toBe(pid)
  })

  it('is asked what is under way before the app ends', async () => {
    await holdGuest()
    await saveMachine()
    void app.closeMain()
    await waitFor('the question', async () => (await app.dialogs()).includes('One task is still running'))
    await signalGuest('CONT')
    await machineIs('Suspended')
    await lab.host.virsh(['start', 'web-01'])
    await machineIs('Up')
  })

  it('quits when that is the answer; what the host goes on with is found again at the next start', async () => {
    await holdGuest()
    await saveMachine()
    const pid = await enginePid()
    await app.answerNextDialog(QUIT_BUTTON)
    expect(await app.closeMain()).toBe(0)
    expect(isAlive(pid)).toBe(false)
    // The save goes on and ends while there is no engine.
    await signalGuest('CONT')
    await launch()
    await machineIs('Suspended')
    const saves = page.getByRole('region', { name: 'Tasks and events' }).getByRole('row', { name: /Save.*web-01/ })
    // That of the test before, and this one: what became of it is the host's word.
    await saves.filter({ hasText: 'Done' }).nth(1).waitFor()
    await lab.host.virsh(['start', 'web-01'])
    await machineIs('Up')
  })

  it('ends when the main process is gone, and the folder is free for the next', async () => {
    const pid = await enginePid()
    await app.crashMain()
    await waitFor('the engine has ended', () => !isAlive(pid))
    await launch()
    await machineIs('Up')
    // Asked for the way out, it ends in order.
    const next = await enginePid()
    expect(await app.closeMain()).toBe(0)
    expect(isAlive(next)).toBe(false)
  })
})

/** A process that has ended may still wait for somebody to take note of it. */
function isAlive(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return state !== '' && !state.startsWith('Z')
  } catch {
    return false
  }
}
