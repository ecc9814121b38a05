// What the page loads before it can show anything: the scripts that index.html names, with what they import at once.
import { readFileSync } from 'node:fs'

const html = readFileSync(new URL('out/renderer/index.html', import.meta.url), 'utf8')
const scripts = [...html.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+\.js)"/g)].map(
  (match) => `out/renderer/${match[1]}`,
)
if (scripts.length === 0) throw new Error('out/renderer/index.html names no script')
// Small enough to slip under the limit, and half of what they cost is building them.
if (scripts.some((script) => script.includes('/schemas-'))) throw new Error('the window starts with schemas')

export default [{ name: 'initial JavaScript of the window', path: scripts, limit: '450 kB', gzip: true }]
