// What the page loads before it can show anything: the scripts that index.html names, with what they import at once.
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

const html = readFileSync(new URL('out/renderer/index.html', import.meta.url), 'utf8')
const scripts = [...html.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+\.js)"/g)].map(
  (match) => `out/renderer/${match[1]}`,
)
if (scripts.length === 0) throw new Error('out/renderer/index.html names no script')
// Small enough to slip under the limit, and half of what they cost is building them.
if (scripts.some((script) => script.includes('/schemas-'))) throw new Error('the window starts with schemas')

// The simulation is for the demo alone: its file is one that no other imports at once.
const programsDir = new URL('out/main/', import.meta.url)
const programs = readdirSync(programsDir, { recursive: true })
  .filter((name) => name.endsWith('.js'))
  .map((name) => ({ name: basename(name), text: readFileSync(new URL(name, programsDir), 'utf8') }))
const simulation = programs.filter(({ text }) => text.includes('Simulated screen.')).map(({ name }) => name)
if (simulation.length === 0) throw new Error('no program has the simulation')
for (const { name, text } of programs.filter((program) => !simulation.includes(program.name))) {
  const atOnce = [...text.matchAll(/^(?:import|export)\b[^;]*?["']\.{1,2}\/(?:chunks\/)?([^"']+)["']/gm)].map(
    ([, file]) => file,
  )
  if (atOnce.some((file) => simulation.includes(file))) throw new Error(`${name} loads the simulation at each start`)
}

export default [{ name: 'initial JavaScript of the window', path: scripts, limit: '450 kB', gzip: true }]
