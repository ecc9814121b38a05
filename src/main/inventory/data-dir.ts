import { posix, win32 } from 'node:path'

export interface DataDirOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly homeDir: string
  /** `--data-dir`: wins over everything. Made absolute against `cwd`. */
  readonly override?: string | undefined
  readonly cwd: string
}

/**
 * The folder of the inventory: `--data-dir`, else `%APPDATA%\Virtdeck`, `~/Library/Application Support/Virtdeck`, or
 * `$XDG_DATA_HOME/virtdeck` (a relative one is ignored, as the XDG specification says; default `~/.local/share`).
 */
export function resolveDataDir({ env, platform, homeDir, override, cwd }: DataDirOptions): string {
  const path = platform === 'win32' ? win32 : posix
  if (override !== undefined && override !== '') return path.resolve(cwd, override)
  if (platform === 'win32') return path.join(env.APPDATA ?? path.join(homeDir, 'AppData', 'Roaming'), 'Virtdeck')
  if (platform === 'darwin') return path.join(homeDir, 'Library', 'Application Support', 'Virtdeck')
  const base = env.XDG_DATA_HOME
  const isUsable = base !== undefined && path.isAbsolute(base)
  return path.join(isUsable ? base : path.join(homeDir, '.local', 'share'), 'virtdeck')
}
