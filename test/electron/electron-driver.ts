import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron } from 'playwright-core'
import type { DrivenApp, Driver, LaunchOptions, SeenMenuItem } from './driver.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))

/** Electron's own program, or null where only its package is (`npm ci` does not fetch it). */
export function findElectronBinary(): string | null {
  const folder = join(project, 'node_modules/electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const program = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(program) ? program : null
}

function argumentsOf({ appDir, dataDir, locale = 'en-US', keyring = true }: LaunchOptions): string[] {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const store = keyring ? [] : ['--password-store=basic']
  // macOS takes an app's language from its own argument, which must not come before the app's folder.
  const language = process.platform === 'darwin' ? ['-AppleLanguages', `(${locale})`] : []
  return [...sandbox, ...store, `--lang=${locale}`, appDir, '--data-dir', dataDir, ...language]
}

/** Runs the built app in real Electron. */
export function createElectronDriver(program: string): Driver {
  return {
    name: `Electron (${program})`,
    // On Linux it is a service of the desktop, which a bare display has not; elsewhere it is always there.
    keyring: { canBeThere: process.platform !== 'linux', canLack: process.platform === 'linux' },

    async launch(options) {
      const electron = await _electron.launch({
        executablePath: program,
        args: argumentsOf(options),
        env: { ...process.env, ...options.env } as Record<string, string>,
      })
      const shown: string[] = []
      // Native dialogs would wait for a person.
      await electron.evaluate(({ dialog }) => {
        const messages: string[] = []
        const answers: number[] = []
        Object.assign(globalThis, { virtdeckTestDialogs: messages, virtdeckTestAnswers: answers })
        dialog.showErrorBox = (title) => void messages.push(title)
        dialog.showMessageBox = (async (...given: unknown[]) => {
          const box = given.at(-1) as { message: string; cancelId?: number }
          messages.push(box.message)
          return { response: answers.shift() ?? box.cancelId ?? 0, checkboxChecked: false }
        }) as typeof dialog.showMessageBox
      })
      const exited = once(electron.process(), 'exit').then(([code]: (number | null)[]) => code ?? -1)
      const app: DrivenApp = {
        pages: () => electron.windows().filter((page) => page.url().startsWith('app://virtdeck/')),
        menuItem: (id) =>
          electron.evaluate(({ Menu }, wanted): SeenMenuItem | null => {
            const item = Menu.getApplicationMenu()?.getMenuItemById(wanted)
            if (item === null || item === undefined) return null
            return { label: item.label, enabled: item.enabled, checked: item.type === 'checkbox' ? item.checked : null }
          }, id),
        menuTitles: () =>
          electron.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label) ?? []),
        chooseMenuItem: (id) =>
          electron.evaluate(({ Menu }, wanted) => void Menu.getApplicationMenu()?.getMenuItemById(wanted)?.click(), id),
        bounds: () =>
          electron.evaluate(
            ({ BrowserWindow }) =>
              BrowserWindow.getAllWindows()[0]?.getNormalBounds() ?? { x: 0, y: 0, width: 0, height: 0 },
          ),
        setBounds: (bounds) =>
          electron.evaluate(
            ({ BrowserWindow }, wanted) => void BrowserWindow.getAllWindows()[0]?.setBounds(wanted),
            bounds,
          ),
        dialogs: async () => {
          shown.splice(
            0,
            shown.length,
            ...(await electron.evaluate(
              () => (globalThis as unknown as { virtdeckTestDialogs: string[] }).virtdeckTestDialogs,
            )),
          )
          return shown
        },
        answerNextDialog: (button) =>
          electron.evaluate(
            (_electron, given) =>
              void (globalThis as unknown as { virtdeckTestAnswers: number[] }).virtdeckTestAnswers.push(given),
            button,
          ),
        enginePid: () =>
          electron.evaluate(
            ({ app }) => app.getAppMetrics().find(({ name }) => name === 'Virtdeck Engine')?.pid ?? null,
          ),
        begun: async () => null,
        closeMain: async () => {
          await electron.evaluate(({ BrowserWindow }) => void BrowserWindow.getAllWindows()[0]?.close())
          return exited
        },
        kill: async () => {
          electron.process().kill('SIGKILL')
          await exited
        },
        crashMain: async () => {
          electron.process().kill('SIGKILL')
          await exited
        },
      }
      return app
    },

    async launchSecond(options) {
      const child = spawn(program, argumentsOf(options), { stdio: 'ignore' })
      const [code] = (await once(child, 'exit')) as (number | null)[]
      return code ?? -1
    },
  }
}
