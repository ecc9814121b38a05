import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CLUSTER_STATES } from '../../../src/renderer/features/clusters/status.ts'
import { commands } from '../../../src/shared/contract/index.ts'
import {
  activationStepSchema,
  CLUSTER_SETTING_NAMES,
  clusterFirmwareSchema,
  consoleTypeSchema,
  datacenterStatusSchema,
  diskAllocationSchema,
  eventKindSchema,
  hostAuthenticationSchema,
  hostStatusSchema,
  ksmPolicySchema,
  LIBVIRT_NETWORK_MODES,
  libvirtModeSchema,
  migrationPolicySchema,
  networkPendingSchema,
  settingsSchema,
  storageDomainStatusSchema,
  storageDomainTypeSchema,
  taskStatusSchema,
  vmDiskSchema,
  vmSchema,
  vmStatusSchema,
} from '../../../src/shared/domain/index.ts'

const ROOT = join(import.meta.dirname, '../../..')
const CATALOGS = join(ROOT, 'src/renderer/i18n')

/** All texts of a language by `namespace:key`. */
function readCatalogs(language: string): Map<string, string> {
  const texts = new Map<string, string>()
  for (const file of readdirSync(join(CATALOGS, language))) {
    const walk = (value: unknown, path: string) => {
      if (typeof value === 'string') texts.set(path, value)
      else
        for (const [key, child] of Object.entries(value as object))
          walk(child, path.endsWith(':') ? path + key : `${path}.${key}`)
    }
    walk(JSON.parse(readFileSync(join(CATALOGS, language, file), 'utf8')), `${file.replace('.json', '')}:`)
  }
  return texts
}

/** Without the plural's ending: Korean has one form where English has two. */
const withoutPlural = (key: string) => key.replace(/_(one|other|zero|two|few|many)$/, '')
const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name))

const english = readCatalogs('en')
const korean = readCatalogs('ko')
const englishKeys = new Set([...english.keys()].map(withoutPlural))
const source = filesUnder(join(ROOT, 'src/renderer'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')

/** Keys that are written out in the source, and the beginnings of keys that are put together there. */
const literalKeys = new Set([...source.matchAll(/['"`]([a-z]+:[A-Za-z0-9_.-]+)['"`]/g)].map((match) => match[1] ?? ''))
const isNamespace = (key: string) => [...english.keys()].some((known) => known.startsWith(`${key.split(':')[0]}:`))
const builtKeys = [...source.matchAll(/`([a-z]+:[^`\s]*\$\{[^`\s]*)`/g)]
  .filter((match) => isNamespace(match[1] ?? ''))
  .map((match) => {
    const parts = (match[1] ?? '').split(/\$\{[^}]*\}/)
    return new RegExp(`^${parts.map((part) => part.replaceAll('.', '\\.')).join('.+')}$`)
  })

function errorCodes(): string[] {
  const folder = join(ROOT, 'src/shared/errors')
  return readdirSync(folder)
    .filter((file) => !['index.ts', 'codes.ts', 'app-error.ts'].includes(file))
    .flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/^ {2}'?([a-z][a-z0-9.-]*)'?: (?:\{|Record)/gm)].map(
        (match) => match[1] ?? '',
      ),
    )
}

/** Keys of the steps that tasks report, as the engine's source declares them. */
function stepKeys(): string[] {
  return filesUnder(join(ROOT, 'src/main'))
    .filter((file) => file.includes('/commands/'))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bkey: '([a-z-]+)'|\bsay\('([a-z-]+)'/g)])
    .map((match) => match[1] ?? match[2] ?? '')
}

describe('the catalogs', () => {
  it('have the same keys in English and Korean', () => {
    expect([...new Set([...korean.keys()].map(withoutPlural))].sort()).toEqual([...englishKeys].sort())
  })

  it('fill the same parameters in both languages', () => {
    const parameters = (text: string) =>
      [...new Set([...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1] ?? ''))].sort((a, b) =>
        a.localeCompare(b),
      )
    for (const [key, text] of korean) {
      const twin = english.get(key) ?? english.get(`${withoutPlural(key)}_other`) ?? ''
      expect({ key, parameters: parameters(text) }).toEqual({ key, parameters: parameters(twin) })
    }
  })

  it('have no empty text, and Korean in Korean', () => {
    for (const [key, text] of [...english, ...korean]) expect(text.trim(), key).not.toBe('')
    const words = (text: string) => text.replaceAll(/\{\{[^}]*\}\}/g, '').match(/[A-Za-z]{3,}/g) ?? []
    const untranslated = [...korean].filter(([key, text]) => words(text).length > 1 && english.get(key) === text)
    expect(untranslated).toEqual([])
  })

  it('have a text for every key that the source names', () => {
    const missing = [...literalKeys].filter(
      (key) =>
        isNamespace(key) && !englishKeys.has(key) && ![...englishKeys].some((known) => known.startsWith(`${key}.`)),
    )
    expect(missing).toEqual([])
  })

  it('have a text for every key that the source puts together', () => {
    const missing = builtKeys.filter((pattern) => ![...englishKeys].some((key) => pattern.test(key)))
    expect(missing).toEqual([])
  })

  it('have no text that the source never uses', () => {
    const used = (key: string) =>
      literalKeys.has(key) ||
      builtKeys.some((pattern) => pattern.test(key)) ||
      // Families whose last part comes from data: `t(`${family}.${status}`)`.
      [...literalKeys].some((family) => key.startsWith(`${family}.`) && !englishKeys.has(family))
    expect([...englishKeys].filter((key) => !used(key))).toEqual([])
  })

  it.each([
    ['errors', errorCodes().flatMap((code) => [`${code}.title`, `${code}.advice`])],
    ['commands', Object.keys(commands).map((name) => `${name}.title`)],
    ['events', eventKindSchema.options],
    ['steps', stepKeys()],
    ['hosts', hostStatusSchema.options.map((status) => `status.${status}`)],
    ['hosts', hostAuthenticationSchema.options.map((kind) => `auth.${kind}`)],
    ['hosts', libvirtModeSchema.options.map((mode) => `mode.${mode}`)],
    ['vms', vmStatusSchema.options.map((status) => `status.${status}`)],
    ['vms', vmDiskSchema.shape.device.options.map((device) => `device.${device}`)],
    ['vms', vmSchema.shape.guestAgent.options.map((agent) => `agent.${agent}`)],
    ['common', taskStatusSchema.options.map((status) => `taskStatus.${status}`)],
    ['datacenters', datacenterStatusSchema.options.map((status) => `status.${status}`)],
    [
      'datacenters',
      activationStepSchema.options.flatMap((step) => [`activation.step.${step}`, `activation.about.${step}`]),
    ],
    ['clusters', CLUSTER_STATES.map((state) => `stateWord.${state}`)],
    ['clusters', CLUSTER_SETTING_NAMES.flatMap((name) => [`setting.${name}`, `label.${name}`])],
    ['clusters', ksmPolicySchema.options.map((policy) => `value.ksm.${policy}`)],
    ['clusters', diskAllocationSchema.options.map((allocation) => `value.disk.${allocation}`)],
    [
      'clusters',
      migrationPolicySchema.options.flatMap((policy) => [`value.migration.${policy}`, `form.migration.${policy}`]),
    ],
    ['clusters', clusterFirmwareSchema.options.map((firmware) => `value.firmware.${firmware}`)],
    ['clusters', consoleTypeSchema.options.map((type) => `value.console.${type}`)],
    ['storage', storageDomainStatusSchema.options.map((status) => `status.${status}`)],
    ['storage', storageDomainTypeSchema.options.map((type) => `type.${type}`)],
    ['local', networkPendingSchema.options.map((field) => `networks.pending.${field}`)],
    ['local', LIBVIRT_NETWORK_MODES.flatMap((mode) => [`networks.mode.${mode}`, `form.about.${mode}`])],
    ['settings', Object.keys(settingsSchema.shape).map((name) => `inventory.${name}`)],
  ])('have in %s a text for each of %j', (namespace, keys) => {
    expect(keys.length).toBeGreaterThan(1)
    expect(keys.filter((key) => !englishKeys.has(`${namespace}:${key}`))).toEqual([])
  })

  it('have no error text without an error', () => {
    const codes = new Set(errorCodes())
    const texts = [...englishKeys]
      .filter((key) => key.startsWith('errors:'))
      .map((key) => key.slice('errors:'.length).replace(/\.(title|kind|reached|advice(_[a-z-]+)?)$/, ''))
    expect([...new Set(texts)].filter((code) => !codes.has(code))).toEqual([])
  })
})
