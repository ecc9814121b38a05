// npm start [-- --demo] [-- --shell electron|window|server] [-- options of `virtdeck serve`]
// Installs what lacks, builds what is stale, and brings up the app in the best shell this machine has.
import { parseArgs } from 'node:util'
import { build } from './build.mjs'
import { decideShell } from './lib/choose-shell.mjs'
import { startElectron, startServer, startWindow } from './lib/shells.mjs'
import { say } from './lib/steps.mjs'
import { provision } from './provision.mjs'

const shells = ['electron', 'window', 'server']
const { shell: forced, rest } = readArguments()

await provision()
const [choice] = await Promise.all([decideShell(forced), build()])
say(`shell: ${choice.shell} (${choice.why})`)
if (choice.shell === 'electron') startElectron(rest)
else if (choice.shell === 'window') await startWindow(choice.browser, rest)
else await startServer(rest)

function readArguments() {
  const { values, tokens } = parseArgs({ strict: false, tokens: true, options: { shell: { type: 'string' } } })
  const own = tokens.filter((token) => token.kind === 'option' && token.name === 'shell')
  const rest = process.argv.slice(2)
  for (const token of own.reverse()) rest.splice(token.index, token.inlineValue ? 1 : 2)
  if (values.shell !== undefined && !shells.includes(values.shell)) {
    console.error(`--shell takes one of ${shells.join(', ')}; not ${values.shell}.`)
    process.exit(2)
  }
  return { shell: values.shell, rest }
}
