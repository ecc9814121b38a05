import { element, nicProfilesPart, parseXmlFragment, serializeXml, XmlError, type XmlPart } from '../../xml/index.ts'
import { clockElement, featuresElement, lifeElements, osElement } from './boot.ts'
import { cpuElement, memoryElements, vcpuElements } from './cpu-and-memory.ts'
import { deviceElements } from './devices.ts'
import type { DomainSpec } from './domain-spec.ts'
import { driveElements } from './drives.ts'

/** Whose elements in `<metadata>` are ours. */
const METADATA_NAMESPACE = 'urn:virtdeck:domain:1'
const LIBOSINFO_NAMESPACE = 'http://libosinfo.org/xmlns/libvirt/domain/1.0'

/** What says which machine it is, and what we know of it, is not a person's own to write. */
const OURS: ReadonlySet<string> = new Set(['name', 'uuid', 'metadata', 'devices'])

/**
 * The definition of a machine (https://libvirt.org/formatdomain.html). Throws {@link XmlError} where its own XML is none, and for text
 * that XML cannot hold. Pure.
 */
export function buildDomainXml(spec: DomainSpec): string {
  const { uuid, name, title, description, platform, customXml } = spec
  const own = parseXmlFragment(customXml.domain)
  const refused = own.find((node) => OURS.has(node.name))
  if (refused !== undefined) throw new XmlError(`<${refused.name}> is written by Virtdeck`)
  const devices = element(
    'devices',
    {},
    platform.emulator !== null && element('emulator', {}, platform.emulator),
    driveElements(spec),
    deviceElements(spec),
    parseXmlFragment(customXml.devices),
  )
  const generated = [
    element('name', {}, name),
    element('uuid', {}, uuid),
    ...(title === '' ? [] : [element('title', {}, title)]),
    ...(description === '' ? [] : [element('description', {}, description)]),
    metadataElement(spec),
    ...memoryElements(spec.memory),
    ...vcpuElements(spec.cpu, spec.ioThreads),
    osElement(spec),
    featuresElement(spec),
    cpuElement(spec.cpu, spec.memory),
    clockElement(spec),
    ...lifeElements(spec),
    devices,
  ]
  return serializeXml(element('domain', { type: platform.domainType }, ...replaced(generated, own)))
}

/** Elements of a person's own stand in the place of ours of their name, the others at the end. */
function replaced(generated: readonly (XmlPart | null)[], own: readonly XmlPart[]): readonly XmlPart[] {
  const parts = generated.filter((part) => part !== null)
  const ofName = (name: string) => own.filter((part) => part.name === name)
  const isReplaced = (name: string) => ofName(name).length > 0
  const kept = parts.flatMap((part) => (isReplaced(part.name) ? ofName(part.name) : [part]))
  return [...kept, ...own.filter(({ name }) => !parts.some((part) => part.name === name))]
}

function metadataElement({ operatingSystem: { id, libosinfoId }, nics }: DomainSpec): XmlPart {
  const marks = nics.flatMap(({ rules, macAddress }) => (rules === null ? [] : [{ ...rules.profile, macAddress }]))
  return element(
    'metadata',
    {},
    libosinfoId !== null &&
      element(
        'libosinfo:libosinfo',
        { 'xmlns:libosinfo': LIBOSINFO_NAMESPACE },
        element('libosinfo:os', { id: libosinfoId }),
      ),
    element('virtdeck:machine', { 'xmlns:virtdeck': METADATA_NAMESPACE }, element('virtdeck:operating-system', { id })),
    nicProfilesPart(marks),
  )
}
