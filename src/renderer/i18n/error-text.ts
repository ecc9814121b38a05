import type { TFunction } from 'i18next'
import type { HostRefusal, WireError } from '../../shared/errors/index.ts'

/** What a person reads of an error: what happened, and what to do now. The technical chain stays with the error. */
export interface ErrorText {
  readonly title: string
  readonly advice: string
}

const BYTES_PER_GIB = 1_024 ** 3
const STATUS_FAMILIES: ReadonlyMap<string, string> = new Map([
  ['host', 'hosts:status'],
  ['migration', 'hosts:status'],
  ['task', 'common:taskStatus'],
  ['storage', 'storage:status'],
])

/** Where the words for fields that were edited are. */
const FIELD_FAMILIES: ReadonlyMap<string, string> = new Map([
  ['host', 'hosts:form'],
  ['network', 'networks:label'],
  ['vnic-profile', 'networks:label'],
])

/** Of errors about libvirt's networks: modes, and parts of a network. */
const NETWORK_WORDS: ReadonlySet<string> = new Set(['mode', 'from', 'to', 'what'])

/** Parameters as texts can use them: lists joined, times in seconds, sizes in GiB, statuses and actions in words. */
function readableParams(error: WireError, t: TFunction): Record<string, string | number> {
  const readable: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(error.params)) {
    if (name === 'issues' && Array.isArray(value)) {
      readable[name] = value
        .map((issue: { path?: unknown; message?: unknown }) => `${issue.path}: ${issue.message}`)
        .join('; ')
    } else if (name === 'fields') {
      readable[name] = fieldWords(error.code, String(value), t)
    } else if (name === 'setting') {
      readable[name] = t(`networks:label.${String(value)}`)
    } else if (name === 'references' && Array.isArray(value)) {
      readable[name] = value.map((reference: { name?: unknown }) => String(reference.name)).join(', ')
    } else if (name === 'refusals' && Array.isArray(value)) {
      // What each host lacks, one sentence each.
      readable[name] = (value as readonly HostRefusal[])
        .map(
          (refusal) => `${describeError({ ...refusal.error, retry: 'never', technical: [] } as WireError, t).title}.`,
        )
        .join(' ')
    } else if (name === 'status') {
      readable[name] = statusWord(error.code, String(value), t)
    } else if (name === 'role') {
      readable[name] = t(`networks:role.${String(value)}`, { defaultValue: String(value) })
    } else if (error.code.startsWith('libvirt-network.') && NETWORK_WORDS.has(name)) {
      const family = name === 'what' ? 'what' : 'mode'
      readable[name] = t(`local:networks.${family}.${String(value)}`, { defaultValue: String(value) })
    } else if (error.code === 'vm.bound-to-host' && name === 'what') {
      readable[name] = t(`vms:bound.${String(value)}`, { defaultValue: String(value) })
    } else if (name === 'policy') {
      readable[name] = t(`clusters:value.migration.${String(value)}`, { defaultValue: String(value) })
    } else if (name === 'driver') {
      readable[name] = t(`hosts:driver.${String(value)}`, { defaultValue: String(value) })
    } else if (
      (name === 'command' && !error.code.startsWith('ssh.')) ||
      (name === 'action' && String(value).includes('.'))
    ) {
      readable[name] = t(`commands:${String(value)}.title`, { defaultValue: String(value) })
    } else if (name === 'action') {
      readable[name] = t(`commands:vm.${String(value)}.title`, { defaultValue: String(value) })
    } else if (typeof value === 'number' || typeof value === 'string') {
      readable[name] = value
    } else {
      readable[name] = JSON.stringify(value)
    }
    if (name.endsWith('Ms') && typeof value === 'number') {
      readable[`${name.slice(0, -2)}Seconds`] = Math.round(value / 100) / 10
    }
    if (name.endsWith('Bytes') && typeof value === 'number') {
      readable[`${name.slice(0, -5)}GiB`] = Math.round((value / BYTES_PER_GIB) * 10) / 10
    }
  }
  return readable
}

function fieldWords(code: string, fields: string, t: TFunction): string {
  const [owner = ''] = code.split('.')
  const family = FIELD_FAMILIES.get(owner) ?? 'clusters:setting'
  return fields
    .split(', ')
    .map((field) => t(`${family}.${field}`, { defaultValue: field }))
    .join(', ')
}

function statusWord(code: string, status: string, t: TFunction): string {
  const [owner = ''] = code.split('.')
  const family = STATUS_FAMILIES.get(owner) ?? 'vms:status'
  return t(`${family}.${status}`, { defaultValue: status })
}

/** The text of an error in the language of `t`; a code of a newer engine gets a general text with the code in it. */
export function describeError(error: WireError, t: TFunction): ErrorText {
  const params = readableParams(error, t)
  const known = t(`errors:${error.code}.title`, { ...params, defaultValue: '' })
  if (known === '') {
    return { title: t('common:error.unknownCode', { code: error.code }), advice: t('common:error.unknownCodeAdvice') }
  }
  const hint = 'hint' in params ? `${params.hint}` : ''
  const hinted = hint === '' ? '' : t(`errors:${error.code}.advice_${hint}`, { ...params, defaultValue: '' })
  return { title: known, advice: hinted === '' ? t(`errors:${error.code}.advice`, params) : hinted }
}

/** A status with what is wrong beside it: "Up · The definition of web cannot be read". Pure. */
export function describeStatus(word: string, problems: readonly { readonly error: WireError }[], t: TFunction): string {
  return [word, ...problems.map(({ error }) => describeError(error, t).title)].join(' · ')
}

/** Parameters in which whoever refused says why, in words of its own. */
const OWN_WORDS = ['message', 'reason', 'detail', 'stderr']
const OWN_WORDS_LIMIT = 300

/** What happened and why, in one line: for lists, where nobody opens each error. */
export function describeCause(error: WireError, t: TFunction): string {
  const { title } = describeError(error, t)
  const told = OWN_WORDS.map((name) => error.params[name]).find((value) => typeof value === 'string' && value !== '')
  const words = typeof told === 'string' ? told.trim().replaceAll(/\s+/g, ' ').slice(0, OWN_WORDS_LIMIT) : ''
  return words === '' || title.includes(words) ? title : `${title}: ${words}`
}

/** Statuses that an action would lead to: what is in one already needs it no more. */
const REACHED: Readonly<Record<string, readonly string[]>> = {
  start: ['up'],
  resume: ['up'],
  pause: ['paused'],
  shutdown: ['down'],
  poweroff: ['down'],
  save: ['suspended'],
}

/** What errors of one kind have in common, without what each is about: "already down". */
export function describeErrorKind(error: WireError, t: TFunction): string {
  const params = readableParams(error, t)
  const { action, status } = error.params
  const isReached =
    typeof action === 'string' && typeof status === 'string' && REACHED[action]?.includes(status) === true
  const kind = isReached ? t(`errors:${error.code}.reached`, { ...params, defaultValue: '' }) : ''
  return kind || t(`errors:${error.code}.kind`, { ...params, defaultValue: '' }) || describeError(error, t).title
}
