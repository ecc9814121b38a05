import { describe, expect, test } from 'vitest'
import type { VmAction } from '../../../../src/main/vm/rules.ts'
import { ALLOWED_STATUSES, decideAction } from '../../../../src/main/vm/rules.ts'
import { vmStatusSchema } from '../../../../src/shared/domain/index.ts'
import { AppError, toWireError } from '../../../../src/shared/errors/index.ts'
import { makeModel, makeVm, VM_ID } from './make-model.ts'

const ACTIONS = Object.keys(ALLOWED_STATUSES) as VmAction[]

const ON_SNAPSHOTS = ['snapshot-create', 'snapshot-revert', 'snapshot-remove', 'snapshot-edit'] as const

/** One row a status; the actions it allows. */
const TABLE: Readonly<Record<string, readonly VmAction[]>> = {
  down: [
    'start',
    'autostart',
    'remove',
    'move',
    'run-once',
    'change-cd',
    'edit',
    'label',
    'clone',
    'backup.create',
    'backup.restore',
    ...ON_SNAPSHOTS,
  ],
  'wait-for-launch': ['poweroff'],
  'powering-up': [
    'shutdown',
    'poweroff',
    'reset',
    'nmi',
    'send-keys',
    'pause',
    'autostart',
    'edit',
    'label',
    'clone',
    'discard-pending',
    'snapshot-edit',
  ],
  up: [
    'guest-time',
    'guest-freeze',
    'guest-thaw',
    'guest-password',
    'guest-exec',
    'shutdown',
    'poweroff',
    'reboot',
    'reset',
    'nmi',
    'send-keys',
    'pause',
    'save',
    'autostart',
    'change-cd',
    'edit',
    'label',
    'clone',
    'discard-pending',
    'backup.create',
    ...ON_SNAPSHOTS,
  ],
  paused: [
    'poweroff',
    'reset',
    'nmi',
    'resume',
    'save',
    'autostart',
    'change-cd',
    'edit',
    'label',
    'clone',
    'discard-pending',
    'backup.create',
    ...ON_SNAPSHOTS,
  ],
  'migrating-from': [],
  'migrating-to': [],
  unknown: [],
  'not-responding': [
    'poweroff',
    'reset',
    'nmi',
    'send-keys',
    'autostart',
    'edit',
    'label',
    'clone',
    'discard-pending',
    'snapshot-edit',
  ],
  'reboot-in-progress': [
    'shutdown',
    'poweroff',
    'reboot',
    'reset',
    'nmi',
    'send-keys',
    'pause',
    'autostart',
    'edit',
    'label',
    'clone',
    'discard-pending',
    'snapshot-edit',
  ],
  'saving-state': [],
  suspended: ['start', 'autostart', 'remove', 'change-cd', 'edit', 'label', 'clone', 'snapshot-edit'],
  'restoring-state': ['poweroff'],
  'powering-down': [
    'shutdown',
    'poweroff',
    'reset',
    'nmi',
    'send-keys',
    'autostart',
    'edit',
    'label',
    'clone',
    'discard-pending',
    'snapshot-edit',
  ],
  'image-locked': [],
  'image-illegal': [],
}

describe('what may be done', () => {
  test.each(vmStatusSchema.options)('to a VM that is %s', (status) => {
    const model = makeModel(makeVm({ status }))
    const allowed = ACTIONS.filter((action) => decideAction(model, VM_ID, action) === null)
    expect(allowed.sort()).toEqual([...(TABLE[status] ?? [])].sort())
  })

  test('to none that is not there', () => {
    expect(decideAction(makeModel(), VM_ID, 'start')).toMatchObject({ code: 'vm.not-found', params: { vmId: VM_ID } })
  })

  test('to none whose host cannot be asked, and the host is named', () => {
    const refusal = decideAction(makeModel(makeVm({ status: 'unknown' })), VM_ID, 'poweroff')
    expect(refusal).toMatchObject({ code: 'vm.status-unknown', params: { name: 'web' } })
  })

  test('to none that runs on two hosts at once', () => {
    const error = toWireError(new AppError('vm.ambiguous', { name: 'web', hosts: 'a, b' }))
    const model = makeModel(makeVm({ problems: [{ severity: 'error', error }] }))
    for (const action of ACTIONS) expect(decideAction(model, VM_ID, action)?.code).toBe('vm.ambiguous')
  })

  test('to a transient one: nothing that outlives it', () => {
    const model = makeModel(makeVm({ persistent: false }))
    expect(decideAction(model, VM_ID, 'save')?.code).toBe('vm.transient')
    expect(decideAction(model, VM_ID, 'autostart')?.code).toBe('vm.transient')
    expect(decideAction(model, VM_ID, 'poweroff')).toBeNull()
  })

  test('a refusal names the VM, its status and the action', () => {
    expect(decideAction(makeModel(makeVm({ status: 'down' })), VM_ID, 'pause')).toMatchObject({
      code: 'vm.wrong-status',
      params: { name: 'web', status: 'down', action: 'pause' },
    })
  })
})
