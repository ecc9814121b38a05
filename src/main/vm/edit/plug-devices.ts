import type { VmDevice, VmDeviceSpec } from '../../../shared/domain/index.ts'
import {
  childIn,
  type EditableElement,
  parseEditable,
  parseMemoryKiB,
  removeElement,
  type XmlPart,
} from '../../xml/index.ts'
import { hostDeviceElement, redirectionElement, rngElement, watchdogElement } from '../definition/index.ts'

/** A device of a definition that can be plugged in or out, without what tells whether it runs. */
export type PlugDevice = Omit<VmDevice, 'isRunning' | 'isStored'>

interface Found {
  readonly device: PlugDevice
  readonly element: EditableElement
}

/** Aliases that are one's own begin so, and stay: https://libvirt.org/formatdomain.html#devices. */
const OWN_ALIAS = 'ua-'

/** The alias of a device that is plugged here, by the id that was made for it. Pure. */
export function aliasOf(deviceId: string): string {
  return `${OWN_ALIAS}${deviceId}`
}

/**
 * The devices of a definition that can be plugged, other than disks and network cards, by names that are the same in the stored
 * definition and in the running one: by the alias that they were given, else by what they are. Of several alike without an alias each is
 * as good as the other. Throws XmlError. Pure.
 */
export function readPlugDevices(xml: string): PlugDevice[] {
  return findAll(xml).map(({ device }) => device)
}

/** The text of such a device; null: there is none of that name. Throws XmlError. Pure. */
export function plugDeviceText(xml: string, id: string): string | null {
  const found = findAll(xml).find(({ device }) => device.id === id)
  return found === undefined ? null : xml.slice(found.element.span.start, found.element.span.end)
}

/** A definition without such a device; one that is not there is no error. Throws XmlError. Pure. */
export function withoutPlugDevice(xml: string, id: string): string {
  const document = parseEditable(xml)
  const found = findIn(document.root).find(({ device }) => device.id === id)
  return found === undefined ? xml : removeElement(document, found.element).text
}

/** An element with an alias of its own. Pure. */
export function withAlias({ content = [], ...part }: XmlPart, alias: string): XmlPart {
  const children = typeof content === 'object' ? content : []
  return { ...part, content: [...children, { name: 'alias', attributes: { name: alias } }] }
}

/** The element of a device that is asked for; memory has one of its own. Pure. */
export function plugDevicePart(spec: Exclude<VmDeviceSpec, { readonly memory: unknown }>): XmlPart {
  if ('watchdog' in spec) return watchdogElement(spec.watchdog)
  if ('rng' in spec) return rngElement(spec.rng.bytesPerSecond)
  if ('usbRedirection' in spec) return redirectionElement()
  return hostDeviceElement(spec.host)
}

function findAll(xml: string): readonly Found[] {
  return findIn(parseEditable(xml).root)
}

/** In a definition, or the device that is one by itself. */
function findIn(root: EditableElement): readonly Found[] {
  const counts = new Map<string, number>()
  return (childIn(root, 'devices')?.children ?? []).flatMap((element) => {
    const named = describeDevice(element)
    if (named === null) return []
    const { key, ...device } = named
    const alias = childIn(element, 'alias')?.attributes.name ?? ''
    const whole = { sizeMiB: null, requestedMiB: null, ...device }
    if (alias.startsWith(OWN_ALIAS)) return [{ element, device: { ...whole, id: short(alias) } }]
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    const id = count === 1 ? key : `${key}~${count}`
    return [{ element, device: { ...whole, id } }]
  })
}

type Named = Pick<PlugDevice, 'kind' | 'model' | 'detail'> &
  Partial<Pick<PlugDevice, 'sizeMiB' | 'requestedMiB'>> & { readonly key: string }

/** Null for what is none of these. */
function describeDevice(element: EditableElement): Named | null {
  const { model = '', action = '', type = '' } = element.attributes
  switch (element.name) {
    case 'memory':
      return describeMemory(element, model)
    case 'watchdog':
      return { key: named('watchdog', model), kind: 'watchdog', model, detail: action }
    case 'rng': {
      const backend = childIn(element, 'backend')
      const source = backend?.text.trim() || backend?.attributes.model || ''
      return { key: named('rng', `${model}:${source}`), kind: 'rng', model, detail: short(source) }
    }
    case 'redirdev':
      return { key: named('usb-redirection', type), kind: 'usb-redirection', model: short(type), detail: '' }
    case 'hostdev':
      return describeHostDevice(element, type)
    default:
      return null
  }
}

/** What is in a slot for good, as an NVDIMM, has a name too: it is one of the memory's. */
function describeMemory(element: EditableElement, model: string): Named {
  const target = childIn(element, 'target')
  const toMiB = (kib: number | null) => (kib === null ? null : Math.round(kib / 1024))
  const sizeMiB = toMiB(parseMemoryKiB(childIn(target, 'size')))
  const requestedMiB = toMiB(parseMemoryKiB(childIn(target, 'requested')))
  return { key: named('memory', `${model}:${sizeMiB ?? ''}`), kind: 'memory', model, detail: '', sizeMiB, requestedMiB }
}

function describeHostDevice(element: EditableElement, type: string): Named {
  const source = childIn(element, 'source')
  const address = childIn(source, 'address')?.attributes ?? {}
  const hex = (value: string | undefined, digits: number) =>
    Number.parseInt(value ?? '0', value?.startsWith('0x') === true ? 16 : 10)
      .toString(16)
      .padStart(digits, '0')
  const of = (kind: PlugDevice['kind'], model: string): Named => ({ key: named(kind, model), kind, model, detail: '' })
  if (type === 'mdev') return of('mediated', short(address.uuid ?? '').toLowerCase())
  if (type === 'pci') {
    const [domain, bus, slot] = [hex(address.domain, 4), hex(address.bus, 2), hex(address.slot, 2)]
    return of('pci', `${domain}:${bus}:${slot}.${hex(address.function, 1)}`)
  }
  if (type !== 'usb') return of('host', short(type))
  const [vendor, product] = [childIn(source, 'vendor'), childIn(source, 'product')]
  if (vendor === null || product === null) return of('usb', `${address.bus ?? ''}-${address.device ?? ''}`)
  return of('usb', `${hex(vendor.attributes.id, 4)}:${hex(product.attributes.id, 4)}`)
}

function named(kind: PlugDevice['kind'], rest: string): string {
  return short(`${kind}:${rest}`)
}

function short(text: string): string {
  return text.slice(0, 256)
}
