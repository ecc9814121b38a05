import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Driver } from './driver.ts'
import { createElectronDriver, findElectronBinary } from './electron-driver.ts'
import { standInDriver } from './stand-in-driver.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))
const program = findElectronBinary()

export const hasElectron = program !== null

/** The stand-in tells its processes by signals that Windows has not. */
const hasSignals = process.platform !== 'win32'

/** Both run the same scenarios on the same built files; the second where there is an Electron to run. */
export const drivers: readonly Driver[] = [
  ...(hasSignals ? [standInDriver] : []),
  ...(program === null ? [] : [createElectronDriver(program)]),
]

/**
 * Builds the app if its sources changed and copies it into `folder`: a build that somebody starts meanwhile does not pull
 * the files away. Returns where it is.
 */
export async function copyBuiltApp(folder: string): Promise<string> {
  await promisify(execFile)(process.execPath, ['tools/build.mjs'], { cwd: project })
  const appDir = join(folder, 'app')
  await cp(join(project, 'package.json'), join(appDir, 'package.json'), { recursive: true })
  for (const part of ['main', 'preload', 'renderer']) {
    await cp(join(project, 'out', part), join(appDir, 'out', part), { recursive: true })
  }
  return appDir
}
