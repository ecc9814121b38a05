import { describe, expect, it } from 'vitest'
import {
  AS_DEFINED,
  EMPTY_DRIVE,
  fieldOfRefusal,
  NOTHING_ELSE,
  type RunOnceForm,
  runOnceFormSchema,
  toRunOnce,
} from '../../../src/renderer/features/vms/run/run-once-form.ts'
import { vmRunOnce } from '../../../src/shared/contract/vm-commands.ts'
import { guid } from './invented.ts'

const vmId = guid(5, 1)
const wrongFields = (change: Partial<RunOnceForm>) =>
  runOnceFormSchema.safeParse({ ...NOTHING_ELSE, ...change }).error?.issues.map(({ path }) => path[0]) ?? []

describe('the form of one run', () => {
  it('leaves everything as it is where nothing is said', () => {
    expect(wrongFields({})).toEqual([])
    expect(toRunOnce(NOTHING_ELSE)).toEqual({ paused: false })
  })

  it.each<[Partial<RunOnceForm>, object]>([
    [{ bootOrder: 'cdrom,disk' }, { boot: ['cdrom', 'disk'] }],
    [{ bootMenu: 'on' }, { bootMenu: true }],
    [{ bootMenu: 'off' }, { bootMenu: false }],
    [{ medium: EMPTY_DRIVE }, { cdrom: null }],
    [{ medium: guid(7, 1) }, { cdrom: { diskId: guid(7, 1) } }],
    [{ medium: AS_DEFINED, paused: true }, { paused: true }],
    [{ ownKernel: true, kernelPath: '/vmlinuz' }, { kernel: { kernelPath: '/vmlinuz' } }],
    [
      { ownKernel: true, kernelPath: '/vmlinuz', initrdPath: '/initrd', commandLine: 'console=ttyS0 quiet' },
      { kernel: { kernelPath: '/vmlinuz', initrdPath: '/initrd', commandLine: 'console=ttyS0 quiet' } },
    ],
    // what was typed and then not wanted
    [{ ownKernel: false, kernelPath: 'x' }, {}],
  ])('says to the engine what a person said: %j', (change, input) => {
    const form = { ...NOTHING_ELSE, ...change }
    expect(wrongFields(change)).toEqual([])
    expect(toRunOnce(form)).toEqual({ paused: false, ...input })
    expect(vmRunOnce.input.safeParse({ vmId, ...toRunOnce(form) }).success).toBe(true)
  })

  it.each<[Partial<RunOnceForm>, string[]]>([
    [{ ownKernel: true }, ['kernelPath']],
    [{ ownKernel: true, kernelPath: 'vmlinuz' }, ['kernelPath']],
    [{ ownKernel: true, kernelPath: '/vmlinuz', initrdPath: 'initrd' }, ['initrdPath']],
    [{ ownKernel: true, kernelPath: '/vmlinuz', commandLine: 'a\u0007' }, ['commandLine']],
  ])('says at its field what is wrong: %j', (change, fields) => {
    expect(wrongFields(change)).toEqual(fields)
  })

  it.each([
    ['vm.lacks-device', { device: 'drive' }, 'medium'],
    ['vm.lacks-device', { device: 'network' }, 'bootOrder'],
    ['vm.not-a-medium', {}, 'medium'],
    ['vm.host-storage-missing', {}, 'medium'],
    ['disk.not-found', {}, 'medium'],
    ['vm.wrong-status', {}, null],
  ] as const)('knows the field that a refusal is about: %s %j', (code, params, field) => {
    expect(fieldOfRefusal({ code, params })).toBe(field)
  })
})
