import { describe, expect, test } from 'vitest'
import {
  changesOf,
  fieldOfError,
  formOfSettings,
  type VmEditForm,
  vmEditFormSchema,
} from '../../../src/renderer/features/vms/edit/vm-edit-form.ts'
import { decideHotFields, type VmSettings } from '../../../src/shared/domain/index.ts'

const settings: VmSettings = {
  id: 'settings',
  revision: 'r1',
  title: '',
  description: 'first',
  memoryKiB: 2_097_152,
  maxMemoryKiB: 4_194_304,
  vcpus: 2,
  maxVcpus: 4,
  topology: { sockets: 1, cores: 4, threads: 1 },
  boot: ['disk', 'cdrom'],
  bootMenu: false,
  firmware: 'bios',
  graphics: 'vnc',
  video: 'virtio',
}
const form = formOfSettings(settings, { name: 'web', autostart: false })

describe('the dialog that edits a machine', () => {
  test.each<[Partial<VmEditForm>, object]>([
    [{}, {}],
    [{ name: 'shop' }, { name: 'shop' }],
    [{ description: '' }, { description: '' }],
    [{ memory: '3 GiB' }, { memoryMiB: 3_072, maxMemoryMiB: 4_096 }],
    [{ vcpus: '3' }, { vcpus: 3, maxVcpus: 4 }],
    [{ sockets: '2', cores: '2' }, { topology: { sockets: 2, cores: 2, threads: 1 } }],
    [{ sockets: '', cores: '', threads: '' }, { topology: null }],
    [
      { boot: 'network,disk', bootMenu: true },
      { boot: ['network', 'disk'], bootMenu: true },
    ],
    [
      { firmware: 'uefi', graphics: 'none', video: 'vga' },
      { firmware: 'uefi', graphics: 'none', video: 'vga' },
    ],
    [
      { autostart: true, applyNow: false },
      { autostart: true, applyNow: false },
    ],
  ])('sends only what was changed: %j', (changed, input) => {
    expect(changesOf(form, { ...form, ...changed })).toEqual(input)
  })

  test.each<[Partial<VmEditForm>, string]>([
    [{ name: ' ' }, 'name'],
    [{ memory: 'much' }, 'memory'],
    [{ memory: '5 GiB' }, 'maxMemory'],
    [{ vcpus: '0' }, 'vcpus'],
    [{ vcpus: '5' }, 'maxVcpus'],
    [{ cores: '3' }, 'threads'],
    [{ sockets: '' }, 'threads'],
  ])('says at the field what is wrong: %j', (changed, field) => {
    const { error } = vmEditFormSchema.safeParse({ ...form, ...changed })
    expect(error?.issues.map(({ path }) => path[0])).toContain(field)
  })

  test('shows the engine’s refusals at their fields', () => {
    expect(fieldOfError({ code: 'vm.name-taken', params: {} })).toBe('name')
    expect(fieldOfError({ code: 'vm.numa-cells', params: { field: 'vcpus' } })).toBe('vcpus')
    expect(fieldOfError({ code: 'vm.must-be-down', params: { field: 'firmware' } })).toBe('firmware')
    expect(fieldOfError({ code: 'vm.busy', params: {} })).toBeNull()
  })

  test('knows what a running machine takes at once', () => {
    const running = {
      name: 'web',
      title: null,
      description: 'first',
      memoryKiB: 2_097_152,
      maxMemoryKiB: 4_194_304,
      vcpus: 2,
      maxVcpus: 4,
      autostart: false,
    }
    const edit = { title: 'Shop', memoryMiB: 3_072, maxMemoryMiB: 8_192, vcpus: 8, boot: ['disk' as const] }
    expect(decideHotFields(edit, running)).toEqual({
      now: ['title', 'memoryMiB'],
      later: ['maxMemoryMiB', 'vcpus', 'boot'],
    })
    expect(decideHotFields({ memoryMiB: 2_048, vcpus: 2, title: '' }, running)).toEqual({ now: [], later: [] })
  })
})
