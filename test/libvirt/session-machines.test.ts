import { afterAll, beforeAll } from 'vitest'
import { type Daemon, startDaemon } from './daemon.ts'
import { describeMachines } from './machine-scenarios.ts'
import { describeProtocol } from './protocol-scenarios.ts'

let daemon: Daemon

beforeAll(async () => {
  daemon = await startDaemon()
})

afterAll(() => daemon.stop())

describeProtocol('the protocol of qemu:///session', () => ({
  open: (options) => daemon.open({ uri: 'qemu:///session', ...options }),
  poolPath: () => `${daemon.folder}/data`,
}))

describeMachines('machines of qemu:///session', () => ({
  open: (options) => daemon.open({ uri: 'qemu:///session', ...options }),
  poolPath: () => `${daemon.folder}/data`,
}))
