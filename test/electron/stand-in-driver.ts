import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chromium } from 'playwright-core'
import type { Bounds, DrivenApp, Driver, LaunchOptions, SeenMenuItem } from './driver.ts'
import type { ControlRequest } from './stand-in/control.ts'

const register = new URL('stand-in/register.ts', import.meta.url).href
const START_LIMIT_MS = 60_000
const QUIT_LIMIT_MS = 20_000

function start({ appDir, dataDir, locale = 'en-US', keyring = true, env = {} }: LaunchOptions): ChildProcess {
  return fork(`${appDir}/out/main/electron.js`, ['--data-dir', dataDir], {
    execArgv: ['--import', register],
    env: {
      ...process.env,
      ...env,
      VIRTDECK_STAND_IN_LOCALE: locale,
      VIRTDECK_STAND_IN_KEYRING: keyring ? 'there' : 'none',
    },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
}

interface Ready {
  readonly t: string
  readonly endpoint: string
  readonly browserPid: number
}

/** Runs the built main under the stand-in for Electron's module. */
export const standInDriver: Driver = {
  name: 'the stand-in for Electron’s module, over Chromium',
  keyring: { canBeThere: true, canLack: true },

  async launch(options) {
    const child = start(options)
    let complaints = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-10_000)
    })
    const { endpoint, browserPid } = await new Promise<Ready>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the app did not start:\n${complaints}`)), START_LIMIT_MS)
      child.once('exit', (code) => reject(new Error(`the app ended with ${code}:\n${complaints}`)))
      child.on('message', (message: Ready) => {
        if (message.t !== 'ready') return
        clearTimeout(timer)
        resolve(message)
      })
    })
    const browser = await chromium.connectOverCDP(endpoint)
    const exited = once(child, 'exit').then(([code]: (number | null)[]) => code ?? -1)
    let nextId = 1
    const asked = new Map<number, PromiseWithResolvers<unknown>>()
    child.on('message', (message: { t: string; id?: number; value?: unknown }) => {
      if (message.t === 'answer' && message.id !== undefined) asked.get(message.id)?.resolve(message.value)
    })
    child.once('exit', (code) => {
      for (const { reject } of asked.values()) reject(new Error(`the app ended with ${code}`))
    })
    const ask = (request: ControlRequest) => {
      const id = nextId++
      const answer = Promise.withResolvers<unknown>()
      asked.set(id, answer)
      child.send({ id, request }, (error) => {
        if (error !== null) answer.reject(error)
      })
      return answer.promise.finally(() => asked.delete(id))
    }
    const app: DrivenApp = {
      pages: () =>
        browser
          .contexts()
          .flatMap((context) => context.pages().filter((page) => page.url().startsWith('http://virtdeck.localhost/'))),
      menuItem: async (id) => (await ask({ t: 'menu-item', id })) as SeenMenuItem | null,
      menuTitles: async () => (await ask({ t: 'menu-titles' })) as readonly string[],
      chooseMenuItem: async (id) => void (await ask({ t: 'choose', id })),
      bounds: async () => (await ask({ t: 'bounds' })) as Bounds,
      setBounds: async (bounds) => void (await ask({ t: 'set-bounds', bounds })),
      dialogs: async () => ((await ask({ t: 'dialogs' })) as { message: string }[]).map(({ message }) => message),
      answerNextDialog: async (response) => void (await ask({ t: 'answer', response })),
      enginePid: async () => (await ask({ t: 'engine-pid' })) as number | null,
      begun: async () => (await ask({ t: 'begun' })) as readonly string[],
      closeMain: async () => {
        await ask({ t: 'close-main' })
        return exited
      },
      kill: async () => {
        child.kill('SIGTERM')
        const limit = setTimeout(() => {
          child.kill('SIGKILL')
          process.kill(browserPid, 'SIGKILL')
        }, QUIT_LIMIT_MS)
        await exited
        clearTimeout(limit)
      },
      crashMain: async () => {
        child.kill('SIGKILL')
        process.kill(browserPid, 'SIGKILL')
        await exited
      },
    }
    return app
  },

  async launchSecond(options) {
    const [code] = (await once(start(options), 'exit')) as (number | null)[]
    return code ?? -1
  },
}
