import type { VmSettings } from '../../../shared/domain/index.ts'
import { childIn, childrenIn, type EditableElement, parseDomain, parseEditable } from '../../xml/index.ts'

export type DefinitionSettings = Omit<VmSettings, 'id' | 'revision'>

/** What of a definition can be set by itself, as it is there. Throws XmlError. Pure. */
export function readSettings(xml: string): DefinitionSettings {
  const { root } = parseEditable(xml)
  const definition = parseDomain(xml)
  const { memoryKiB, maxMemoryKiB, vcpus, maxVcpus, topology, bootOrder, firmware, graphics } = definition
  const os = childIn(root, 'os')
  const devices = childIn(root, 'devices')
  return {
    title: childIn(root, 'title')?.text ?? '',
    description: childIn(root, 'description')?.text ?? '',
    memoryKiB,
    maxMemoryKiB,
    vcpus,
    maxVcpus,
    topology,
    boot: bootOrder,
    bootMenu: childIn(os, 'bootmenu')?.attributes.enable === 'yes',
    firmware: firmware === 'bios' ? 'bios' : firmware !== 'uefi' ? null : isSecureBoot(os) ? 'uefi-secure' : 'uefi',
    graphics: graphicsKind(graphics.map(({ type }) => type)),
    video: childIn(childIn(devices, 'video'), 'model')?.attributes.type ?? 'none',
  }
}

function isSecureBoot(os: EditableElement | null): boolean {
  const features = childrenIn(childIn(os, 'firmware'), 'feature')
  const isAsked = features.some(({ attributes: { name, enabled } }) => name === 'secure-boot' && enabled === 'yes')
  return isAsked || childIn(os, 'loader')?.attributes.secure === 'yes'
}

function graphicsKind(types: readonly string[]): DefinitionSettings['graphics'] {
  const [first, ...others] = types
  if (first === undefined) return 'none'
  return others.length === 0 && (first === 'vnc' || first === 'spice') ? first : null
}
