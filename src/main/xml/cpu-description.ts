import { attributeOf, childOf, childrenOf, parseXml, textOf, type XmlElement, XmlError } from './xml-tree.ts'

/** A CPU as libvirt describes it: a model, and what differs from it. */
export interface CpuDescription {
  readonly model: string
  readonly vendor: string | null
  /** Flags beyond the model. */
  readonly required: readonly string[]
  /** Flags of the model that this one lacks. */
  readonly disabled: readonly string[]
}

/** What libvirt calls models, vendors and flags; anything else from a host is left out. */
const NAME = /^[A-Za-z0-9_.+-]{1,64}$/
const FEATURES_LIMIT = 1_024
const MODELS_LIMIT = 1_024

/**
 * The CPU that a guest with `host-model` gets on a host, out of its domain capabilities; null where the host has no such mode.
 * https://libvirt.org/formatdomaincaps.html#cpu-configuration. Throws {@link XmlError}.
 */
export function parseHostModelCpu(domainCapabilitiesXml: string): CpuDescription | null {
  const modes = childrenOf(childOf(parseXml(domainCapabilitiesXml), 'cpu'), 'mode')
  const hostModel = modes.find((mode) => attributeOf(mode, 'name') === 'host-model') ?? null
  return attributeOf(hostModel, 'supported') === 'yes' ? readDescription(hostModel) : null
}

/**
 * Models that guests of a host cannot have as they stand, out of its domain capabilities: its CPU, or QEMU, lacks flags of them. Throws
 * {@link XmlError}.
 */
export function parseUnusableModels(domainCapabilitiesXml: string): string[] {
  const modes = childrenOf(childOf(parseXml(domainCapabilitiesXml), 'cpu'), 'mode')
  const custom = modes.find((mode) => attributeOf(mode, 'name') === 'custom') ?? null
  return childrenOf(custom, 'model')
    .filter((model) => attributeOf(model, 'usable') === 'no')
    .slice(0, MODELS_LIMIT)
    .flatMap((model) => nameIn(textOf(model)) ?? [])
}

/** A `<cpu>` as `virConnectBaselineHypervisorCPU` gives it; null without a model. Throws {@link XmlError}. */
export function parseCpu(xml: string): CpuDescription | null {
  const root = parseXml(xml)
  if (root.name !== 'cpu') throw new XmlError(`expected <cpu>, got <${root.name.slice(0, 64)}>`)
  return readDescription(root)
}

/** The `<cpu>` that libvirt compares and finds baselines of. https://libvirt.org/formatdomain.html#cpu-model-and-topology */
export function buildCpuXml({ model, vendor, required, disabled }: CpuDescription): string {
  const feature = (policy: string) => (name: string) => `<feature policy='${policy}' name='${name}'/>`
  return [
    "<cpu mode='custom' match='exact'>",
    `<model fallback='forbid'>${model}</model>`,
    vendor === null ? '' : `<vendor>${vendor}</vendor>`,
    ...required.map(feature('require')),
    ...disabled.map(feature('disable')),
    '</cpu>',
  ].join('')
}

function readDescription(element: XmlElement | null): CpuDescription | null {
  const model = nameIn(textOf(childOf(element, 'model')))
  if (model === null) return null
  const features = childrenOf(element, 'feature').slice(0, FEATURES_LIMIT)
  const named = (...policies: readonly string[]) =>
    features
      .filter((feature) => policies.includes(attributeOf(feature, 'policy') ?? 'require'))
      .flatMap((feature) => nameIn(attributeOf(feature, 'name')) ?? [])
  return {
    model,
    vendor: nameIn(textOf(childOf(element, 'vendor'))),
    required: named('require', 'force'),
    disabled: named('disable', 'forbid'),
  }
}

function nameIn(text: string | null): string | null {
  return text !== null && NAME.test(text) ? text : null
}
