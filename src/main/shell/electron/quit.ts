import { app, dialog } from 'electron'
import type { UnderWayTask } from './engine-messages.ts'
import type { ShellTexts } from './texts.ts'

/** An engine that does not say within this what it is doing hangs, or is very busy: the person decides. */
const UNDER_WAY_LIMIT_MS = 3_000
/** After this the engine is gone, whatever hangs. */
const STOP_LIMIT_MS = 20_000

export interface QuitOptions {
  /** Null: the engine does not answer within the limit. */
  readonly fetchUnderWay: (limitMs: number) => Promise<readonly UnderWayTask[] | null>
  readonly stopEngine: (limitMs: number) => Promise<void>
  readonly texts: ShellTexts
  /** What is left to do when the engine has stopped. */
  readonly finish: () => Promise<void>
}

/** The way out: asks while work is running, stops the engine, and only then ends the app, past all that could prevent it. */
export function createQuit({ fetchUnderWay, stopEngine, texts, finish }: QuitOptions): () => void {
  let asked = false

  async function mayQuit(): Promise<boolean> {
    const tasks = await fetchUnderWay(UNDER_WAY_LIMIT_MS)
    if (tasks?.length === 0) return true
    const { response } = await dialog.showMessageBox({
      type: 'question',
      message: tasks === null ? texts.engineSilent : texts.runningTasks(tasks.length),
      detail: tasks === null ? texts.engineSilentDetail : texts.runningTasksDetail(tasks),
      buttons: [texts.quit, texts.cancel],
      defaultId: 1,
      cancelId: 1,
    })
    return response === 0
  }

  async function quit(): Promise<void> {
    if (!(await mayQuit())) {
      asked = false
      return
    }
    await stopEngine(STOP_LIMIT_MS)
    await finish()
    app.exit(0)
  }

  return () => {
    if (asked) return
    asked = true
    quit().catch((error: unknown) => {
      process.stderr.write(`virtdeck: ${String(error)}\n`)
      app.exit(1)
    })
  }
}
