import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { configFileOrder, listMatching, readConfigFile } from './config-files.ts'
import { parseConfigText } from './config-syntax.ts'
import { expandHome } from './config-tokens.ts'
import type { SshConfigSource } from './resolve-target.ts'

const NAMES_LIMIT = 500
const FILES_LIMIT = 200
const INCLUDE_DEPTH = 16

/**
 * The names that a user's own ssh_config has a `Host` line for, in their order; patterns are no names. Files that `Include` names are
 * read as well. Null: there is no such file. Errors: ssh.config-invalid.
 */
export async function fetchConfiguredHosts(source: SshConfigSource = {}): Promise<readonly string[] | null> {
  const homePath = source.homePath ?? homedir()
  const [own] = configFileOrder(homePath, source.path)
  const names = new Set<string>()
  let filesRead = 0
  const read = async (path: string, depth: number): Promise<boolean> => {
    filesRead += 1
    if (depth > INCLUDE_DEPTH || filesRead > FILES_LIMIT) return false
    const text = await readConfigFile(path)
    if (text === null) return false
    for (const { keyword, args } of parseConfigText(text).directives) {
      if (keyword === 'host') {
        for (const name of args) if (!/[*?!]/.test(name) && names.size < NAMES_LIMIT) names.add(name)
      } else if (keyword === 'include') {
        for (const pattern of args) {
          const expanded = expandHome(pattern, homePath)
          const absolute = isAbsolute(expanded) ? expanded : join(own?.includeFolder ?? homePath, expanded)
          for (const file of await listMatching(absolute)) await read(file, depth + 1)
        }
      }
    }
    return true
  }
  const isThere = own !== undefined && (await read(own.path, 0))
  return isThere ? [...names] : null
}
