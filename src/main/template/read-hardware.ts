import {
  type TemplateHardware,
  templateHardwareSchema,
  type Vm,
  vmNicSpecSchema,
  vmVideoSchema,
} from '../../shared/domain/index.ts'
import { childIn, childrenIn, type EditableElement, parseEditable } from '../xml/index.ts'

const KIB_PER_MIB = 1024
/** "pc-q35-7.2" is a Q35 wherever there is one. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(?:pc-)?q35/, 'q35'],
  [/^pc(?:-i440fx|$)/, 'pc'],
]

/** What of a machine those of its template are like. What our own form does not know is not among it. Throws XmlError. Pure. */
export function readHardware(
  xml: string,
  vm: Pick<Vm, 'memoryKiB' | 'vcpus' | 'architecture' | 'machineType' | 'firmware' | 'operatingSystem'>,
): TemplateHardware {
  const { root } = parseEditable(xml)
  const devices = childIn(root, 'devices')
  const os = childIn(root, 'os')
  const video = vmVideoSchema.safeParse(childIn(childIn(devices, 'video'), 'model')?.attributes.type)
  const offset = childIn(root, 'clock')?.attributes.offset
  return templateHardwareSchema.parse({
    memoryMiB: Math.max(1, Math.ceil(vm.memoryKiB / KIB_PER_MIB)),
    vcpus: Math.max(1, vm.vcpus),
    operatingSystem: vm.operatingSystem,
    architecture: vm.architecture === '' ? null : vm.architecture,
    machineType: FAMILIES.find(([type]) => type.test(vm.machineType))?.[1] ?? null,
    firmware: vm.firmware === 'uefi' ? (isSecure(os) ? 'uefi-secure' : 'uefi') : vm.firmware === 'bios' ? 'bios' : null,
    tpm: childIn(devices, 'tpm') !== null,
    clock: offset === 'utc' || offset === 'localtime' ? offset : null,
    video: video.success ? video.data : null,
    nics: childrenIn(devices, 'interface').flatMap(nicOf),
  })
}

function isSecure(os: EditableElement | null): boolean {
  const isWished = childrenIn(childIn(os, 'firmware'), 'feature').some(
    ({ attributes }) => attributes.name === 'secure-boot' && attributes.enabled === 'yes',
  )
  return isWished || childIn(os, 'loader')?.attributes.secure === 'yes'
}

/** Cards that are handed over from the host, or lead to one device of it, are that machine's own. */
function nicOf(card: EditableElement) {
  const { bridge, network } = childIn(card, 'source')?.attributes ?? {}
  const plug =
    card.attributes.type === 'bridge' && bridge !== undefined
      ? { bridge }
      : card.attributes.type === 'network' && network !== undefined
        ? { libvirtNetwork: network }
        : card.attributes.type === 'user'
          ? { user: true }
          : null
  if (plug === null) return []
  const model = childIn(card, 'model')?.attributes.type
  const named = vmNicSpecSchema.safeParse({ ...plug, model })
  const plain = named.success ? named : vmNicSpecSchema.safeParse(plug)
  return plain.success ? [plain.data] : []
}
