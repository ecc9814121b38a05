import { describe, expect, it } from 'vitest'
import { decideConsole } from '../../../../src/main/console/decide-console.ts'
import type { Vm } from '../../../../src/shared/domain/index.ts'
import { makeSnapshot, makeVm, vmId } from './model.ts'

const vnc = makeVm().graphics
const spice = vnc.map((display) => ({ ...display, type: 'spice' }))
const nowhere = vnc.map((display) => ({ ...display, listen: 'none' as const, port: null }))

describe('whether a console can be opened', () => {
  it.each<[string, 'graphics' | 'serial', Partial<Vm>, string | undefined]>([
    ['a running VM with VNC', 'graphics', {}, undefined],
    ['a running VM with a serial port', 'serial', {}, undefined],
    ['a paused VM', 'graphics', { status: 'paused' }, undefined],
    ['a VM that is starting', 'graphics', { status: 'powering-up' }, undefined],
    ['a VM that is moving', 'graphics', { status: 'migrating-from' }, undefined],
    ['a VM that is down', 'graphics', { status: 'down' }, 'console.vm-not-running'],
    ['a VM that was saved', 'serial', { status: 'suspended' }, 'console.vm-not-running'],
    ['a VM of which nothing is known', 'graphics', { status: 'unknown' }, 'vm.status-unknown'],
    ['a VM whose host was lost', 'graphics', { stale: true }, 'vm.status-unknown'],
    ['a VM without a display', 'graphics', { graphics: [] }, 'console.no-graphics'],
    ['a VM without a display, asked for its serial port', 'serial', { graphics: [] }, undefined],
    ['a VM with SPICE only', 'graphics', { graphics: spice }, 'console.kind-unsupported'],
    ['a VM with SPICE and VNC', 'graphics', { graphics: [...spice, ...vnc] }, undefined],
    ['a VM whose display listens nowhere', 'graphics', { graphics: nowhere }, 'console.not-listening'],
    ['a VM without a serial port', 'serial', { hasSerialConsole: false }, 'console.no-serial'],
  ])('%s', (_title, kind, change, expected) => {
    expect(decideConsole(makeSnapshot(makeVm(change)), { vmId, kind, force: false })?.code).toBe(expected)
  })

  it('knows a VM that is not there', () => {
    const snapshot = { ...makeSnapshot(makeVm()), vms: new Map() }
    expect(decideConsole(snapshot, { vmId, kind: 'graphics', force: false })?.code).toBe('vm.not-found')
  })
})
