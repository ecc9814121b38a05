// A file pattern with stars in its last part; fs.globSync is not in Node 20.
import { readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Whether a file matches `pattern`, e.g. `/boot/vmlinuz-*-cloud-amd64`. */
export function anyFile(pattern) {
  const [head, ...rest] = basename(pattern).split('*')
  try {
    return readdirSync(dirname(pattern)).some((name) => {
      if (rest.length === 0) return name === head
      return name.startsWith(head) && name.endsWith(rest.at(-1)) && name.length >= head.length + rest.at(-1).length
    })
  } catch {
    return false
  }
}
