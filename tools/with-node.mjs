// Runs a TypeScript or JavaScript file under Node 24: node tools/with-node.mjs FILE [ARGUMENTS]
import { runNode } from './lib/node24.mjs'

runNode(process.argv.slice(2))
