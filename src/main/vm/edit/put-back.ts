import type { PendingChange } from '../../../shared/domain/index.ts'
import {
  childIn,
  childrenIn,
  compareDefinitions,
  type EditableElement,
  type EditableXml,
  insertElement,
  parseDomain,
  parseEditable,
  readNicProfiles,
  removeElement,
  replaceElement,
  setAttribute,
  withNicProfiles,
} from '../../xml/index.ts'
import { withBootOrder } from '../change/boot-order.ts'

/**
 * The stored definition of a running domain with what waits for the next start put back as it runs; all else stays as it is, byte for
 * byte. `stays`: what cannot be put back by itself. Throws XmlError. Pure.
 */
export function putBack(
  stored: string,
  running: string,
): { readonly xml: string; readonly stays: readonly PendingChange['what'][] } {
  const [live, next] = [parseDomain(running), parseDomain(stored)]
  const from = parseEditable(running)
  const stays: PendingChange['what'][] = []
  const cards = new Set<string>()
  let document = parseEditable(stored)
  for (const change of compareDefinitions(live, next)) {
    const { what, device } = change
    const key = device ?? ''
    if (what === 'memory' || what === 'maxMemory') document = copyOf(document, from, ['memory', 'currentMemory'])
    else if (what === 'vcpus' || what === 'maxVcpus') document = copyOf(document, from, ['vcpu', 'vcpus'])
    else if (what === 'topology') document = withTopologyOf(document, from)
    else if (what === 'bootOrder') {
      const ordered = withBootOrder(document, live.bootOrder)
      if (typeof ordered === 'string') stays.push(what)
      else document = ordered
    } else if (what === 'disk') document = withDevices(document, from, (element) => targetOf(element) === key)
    else if (what === 'nic' || what === 'link' || what === 'filter' || what === 'limits') {
      document = withDevices(document, from, (element) => macOf(element) === key.toLowerCase())
      cards.add(key.toLowerCase())
    } else if (what === 'vnicProfile') cards.add(key.toLowerCase())
    else if (what === 'device') document = withDevices(document, from, ({ name }) => name === key)
    else stays.push(what)
  }
  if (cards.size === 0) return { xml: document.text, stays }
  // With a card goes which profile it has.
  const marksOf = (xml: string, isPutBack: boolean) =>
    readNicProfiles(xml).filter(({ macAddress }) => cards.has(macAddress) === isPutBack)
  return { xml: withNicProfiles(document.text, [...marksOf(stored, false), ...marksOf(running, true)]), stays }
}

/** Elements of the root as the other document has them. */
function copyOf(document: EditableXml, from: EditableXml, names: readonly string[]): EditableXml {
  return names.reduce((changed, name) => {
    const [there, wanted] = [childIn(changed.root, name), childIn(from.root, name)]
    if (wanted === null) return there === null ? changed : removeElement(changed, there)
    const text = textOf(from, wanted)
    return there === null ? insertElement(changed, changed.root, text) : replaceElement(changed, there, text)
  }, document)
}

function withTopologyOf(document: EditableXml, from: EditableXml): EditableXml {
  const cpu = childIn(document.root, 'cpu')
  const [there, wanted] = [childIn(cpu, 'topology'), childIn(childIn(from.root, 'cpu'), 'topology')]
  if (wanted === null) return there === null ? document : removeElement(document, there)
  const text = textOf(from, wanted)
  if (there !== null) return replaceElement(document, there, text)
  return cpu === null
    ? insertElement(document, document.root, `<cpu>${text}</cpu>`)
    : insertElement(document, cpu, text)
}

/** Those devices as the other document has them: what only runs have is left out. */
function withDevices(
  document: EditableXml,
  from: EditableXml,
  isIt: (element: EditableElement) => boolean,
): EditableXml {
  let changed = document
  for (;;) {
    const there = childIn(changed.root, 'devices')?.children.find(isIt)
    if (there === undefined) break
    changed = removeElement(changed, there)
  }
  for (const wanted of childIn(from.root, 'devices')?.children.filter(isIt) ?? []) {
    const devices = childIn(changed.root, 'devices')
    if (devices !== null) changed = insertElement(changed, devices, withoutRunning(textOf(from, wanted)))
  }
  return changed
}

/** A device of a running domain as a definition has it: without libvirt's own names, and what it found out of its disks. */
export function withoutRunning(device: string): string {
  let document = parseEditable(device)
  const alias = childIn(document.root, 'alias')
  // Names that begin like this were given by a person.
  if (alias !== null && !alias.attributes.name?.startsWith('ua-')) document = removeElement(document, alias)
  for (const name of ['backingStore', 'mirror']) {
    const element = childIn(document.root, name)
    if (element !== null) document = removeElement(document, element)
  }
  const source = childIn(document.root, 'source')
  if (source !== null) document = setAttribute(document, source, 'index', null)
  const [target] = document.root.name === 'interface' ? childrenIn(document.root, 'target') : []
  if (target?.attributes.dev?.startsWith('vnet') === true) document = removeElement(document, target)
  if (document.root.name === 'graphics' && document.root.attributes.autoport === 'yes') {
    document = setAttribute(document, document.root, 'port', -1)
  }
  return document.text
}

function textOf({ text }: EditableXml, { span }: EditableElement): string {
  return text.slice(span.start, span.end)
}

function targetOf(element: EditableElement): string | null {
  return element.name === 'disk' ? (childIn(element, 'target')?.attributes.dev ?? null) : null
}

function macOf(element: EditableElement): string | null {
  return element.name === 'interface' ? (childIn(element, 'mac')?.attributes.address?.toLowerCase() ?? null) : null
}
