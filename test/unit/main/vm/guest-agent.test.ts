import { expect, test } from 'vitest'
import { decideAgent } from '../../../../src/main/vm/commands/guest-agent.ts'
import type { Vm } from '../../../../src/shared/domain/index.ts'
import { makeModel, makeVm, VM_ID } from './make-model.ts'

test.each<[string, Partial<Vm>, string | null]>([
  ['whose agent is connected', { guestAgent: 'connected' }, null],
  ['whose agent is away', { guestAgent: 'disconnected' }, 'vm.no-agent'],
  ['that has no channel for one', { guestAgent: 'absent' }, 'vm.no-agent'],
  ['that stands still', { guestAgent: 'connected', status: 'paused' }, 'vm.wrong-status'],
  ['that does not run', { guestAgent: 'disconnected', status: 'down' }, 'vm.wrong-status'],
  ['of a host that is away', { guestAgent: 'connected', status: 'unknown' }, 'vm.status-unknown'],
])('the agent of a machine %s may be asked, or why not', (_what, change, code) => {
  const model = makeModel(makeVm({ status: 'up', ...change }))
  for (const action of ['guest-time', 'guest-freeze', 'guest-thaw', 'guest-password', 'guest-exec'] as const) {
    expect(decideAgent(model, VM_ID, action)?.code ?? null).toBe(code)
  }
})
