// The same English texts as in the window: an error is worded once.
import catalog from '../../renderer/i18n/en/errors.json' with { type: 'json' }
import type { HostRefusal, WireError } from '../../shared/errors/index.ts'

const BYTES_PER_GIB = 1_024 ** 3

interface ErrorText {
  readonly title: string
  readonly advice: string
}

/** The texts of all errors in one language, by their path in its catalog. */
export type ErrorTexts = ReadonlyMap<string, string>

const english = collectTexts(catalog, '')

/** The texts of a catalog as src/renderer/i18n has it. */
export function createErrorTexts(language: object): ErrorTexts {
  return collectTexts(language, '')
}

/** Every error code that has a text: all that there are (a test of the catalogs sees to it). */
export function listErrorCodes(): string[] {
  return [...new Set([...english.keys()].map((key) => key.slice(0, key.lastIndexOf('.'))))].sort()
}

/** What a person reads of an error: what happened, and what to do now. */
export function describeError(error: WireError, texts: ErrorTexts = english): ErrorText {
  const params = readableParams(error, texts)
  const title = texts.get(`${error.code}.title`)
  if (title === undefined) {
    return { title: `Failed with ${error.code}`, advice: JSON.stringify(error.params) }
  }
  const hint =
    typeof error.params.hint === 'string' ? texts.get(`${error.code}.advice_${error.params.hint}`) : undefined
  const advice = hint ?? texts.get(`${error.code}.advice`) ?? ''
  return { title: interpolate(title, params), advice: interpolate(advice, params) }
}

/** {@link describeError} as one or two lines of text. */
export function formatError(error: WireError, texts: ErrorTexts = english): string {
  const { title, advice } = describeError(error, texts)
  return advice === '' ? title : `${title}\n${advice}`
}

function collectTexts(node: object, prefix: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    const path = prefix === '' ? key : `${prefix}.${key}`
    if (typeof value === 'string') found.set(path, value)
    else if (typeof value === 'object' && value !== null)
      for (const entry of collectTexts(value, path)) found.set(...entry)
  }
  return found
}

/** Parameters as the texts use them: lists joined, times also in seconds (`timeoutMs` → `timeoutSeconds`), and sizes in GiB. */
function readableParams(error: WireError, texts: ErrorTexts): ReadonlyMap<string, string> {
  const params = new Map<string, string>()
  for (const [name, value] of Object.entries(error.params)) {
    params.set(name, readable(name, value, texts))
    if (name.endsWith('Ms') && typeof value === 'number') {
      params.set(`${name.slice(0, -2)}Seconds`, String(Math.round(value / 100) / 10))
    }
    if (name.endsWith('Bytes') && typeof value === 'number') {
      params.set(`${name.slice(0, -5)}GiB`, String(Math.round((value / BYTES_PER_GIB) * 10) / 10))
    }
  }
  return params
}

function readable(name: string, value: unknown, texts: ErrorTexts): string {
  if (name === 'issues' && Array.isArray(value)) {
    return value
      .map((issue: { path?: unknown; message?: unknown }) => `${issue.path ?? ''}: ${issue.message ?? ''}`)
      .join('; ')
  }
  if (name === 'references' && Array.isArray(value)) {
    return value.map((reference: { name?: unknown; id?: unknown }) => `${reference.name} (${reference.id})`).join(', ')
  }
  if (name === 'refusals' && Array.isArray(value)) return describeRefusals(value as readonly HostRefusal[], texts)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
}

/** What each host lacks, one sentence each. */
function describeRefusals(refusals: readonly HostRefusal[], texts: ErrorTexts): string {
  const titles = refusals.map(
    ({ error }) => describeError({ ...error, retry: 'never', technical: [] } as WireError, texts).title,
  )
  return titles.map((title) => `${title}.`).join(' ')
}

function interpolate(text: string, params: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{\{\s*(\w+)[^}]*\}\}/g, (_, name: string) => params.get(name) ?? '?')
}
