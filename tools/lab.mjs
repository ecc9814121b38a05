// npm run lab -- up N | status | down: real KVM hosts on this machine, see test/lab.
import { join } from 'node:path'
import { projectDir, runNode } from './lib/node24.mjs'
import { provision } from './provision.mjs'

await provision({ system: process.argv[2] === 'up' })
runNode([join(projectDir, 'test/lab/cli.ts'), ...process.argv.slice(2)])
