import { describe, expect, it } from 'vitest'
import { chooseSerialPort, decideConsole } from '../../../../src/main/console/decide-console.ts'
import { EntityTable } from '../../../../src/main/engine/index.ts'
import type { Vm, VmId } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { makeSnapshot, makeVm, vmId } from './model.ts'

const vnc = makeVm().graphics
const spice = vnc.map((display) => ({ ...display, type: 'spice' }))
const nowhere = vnc.map((display) => ({ ...display, listen: 'none' as const, port: null }))

const port = (alias: string, type: string) => ({
  alias,
  type,
  target: 'isa-serial',
  canOpen: type === 'pty' || type === 'unix',
})

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
    ['a VM without a serial port', 'serial', { serialPorts: [] }, 'console.no-serial'],
    [
      'a VM whose serial port is a file',
      'serial',
      { serialPorts: [port('serial0', 'file')] },
      'console.port-unsupported',
    ],
  ])('%s', (_title, kind, change, expected) => {
    expect(decideConsole(makeSnapshot(makeVm(change)), { vmId, kind, port: null, force: false })?.code).toBe(expected)
  })

  it('knows a VM that is not there', () => {
    const snapshot = { ...makeSnapshot(makeVm()), vms: new EntityTable<VmId, Vm>() }
    expect(decideConsole(snapshot, { vmId, kind: 'graphics', port: null, force: false })?.code).toBe('vm.not-found')
  })
})

describe('the serial port that is opened', () => {
  const ports = [port('serial0', 'file'), port('serial1', 'pty'), port('serial2', 'unix')]
  it.each<[string, string | null, readonly ReturnType<typeof port>[], string]>([
    ['is the first that can be opened', null, ports, 'serial1'],
    ['is the one of the name', 'serial2', ports, 'serial2'],
    ['is not one that leads into a file', 'serial0', ports, 'console.port-unsupported'],
    ['is none of another name', 'serial3', ports, 'console.port-not-found'],
    ['is none when all lead into files', null, ports.slice(0, 1), 'console.port-unsupported'],
    ['is none when there is none', null, [], 'console.no-serial'],
  ])('%s', (_title, alias, all, expected) => {
    const chosen = chooseSerialPort('web-01', all, alias)
    expect(chosen instanceof AppError ? chosen.code : chosen.alias).toBe(expected)
  })
})
