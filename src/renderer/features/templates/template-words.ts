import type { TFunction } from 'i18next'
import type { Template } from '../../../shared/domain/index.ts'
import type { Tone } from '../../components/StatusMark.tsx'

/** Whether machines can be made of it, as a word. Pure. */
export function describeTemplate({ status }: Pick<Template, 'status'>, t: TFunction): string {
  return t(`templates:status.${status}`)
}

export function templateTone({ status }: Pick<Template, 'status'>): Tone {
  return status === 'ok' ? 'ok' : status === 'away' ? 'unknown' : 'bad'
}

/** "2", "2, with agent". Pure. */
export function describeVersion({ version, versionName }: Pick<Template, 'version' | 'versionName'>): string {
  return versionName === '' ? String(version) : `${version}, ${versionName}`
}
