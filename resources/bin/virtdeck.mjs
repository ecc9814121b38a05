#!/usr/bin/env node
// `npx virtdeck …` in a checkout: provides what lacks, builds what is stale, then runs the engine's command line under
// Node 24 with our input, output and exit code.
import { join } from 'node:path'
import { build } from '../../tools/build.mjs'
import { projectDir, runProgram } from '../../tools/lib/node24.mjs'
import { provision } from '../../tools/provision.mjs'

await provision()
await build()
await runProgram(join(projectDir, 'out/main/cli.js'), process.argv.slice(2))
