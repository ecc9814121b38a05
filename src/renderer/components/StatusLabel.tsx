import { Label } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/index.ts'
import { useNow } from '../stores/index.ts'
import { StatusMark, type Tone } from './StatusMark.tsx'

const COLORS = {
  ok: 'green',
  off: 'grey',
  warning: 'yellow',
  moving: 'blue',
  bad: 'red',
  paused: 'grey',
  unknown: 'grey',
} as const

/** A status as shape, colour and word. `status` is its machine word, for tests and tools. */
export function StatusLabel(props: {
  readonly tone: Tone
  readonly status: string
  readonly word: string
  readonly detail?: string | null
}) {
  return (
    <Label isCompact color={COLORS[props.tone]} icon={<StatusMark tone={props.tone} />} data-status={props.status}>
      {props.word}
      {props.detail === null || props.detail === undefined ? '' : ` · ${props.detail}`}
    </Label>
  )
}

/** How old the values on show are. */
export function StaleAge({ asOf }: { readonly asOf: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  return (
    <Label isCompact variant="outline" className="vd-stale">
      {t('common:stale', { age: format.duration(now - asOf) })}
    </Label>
  )
}
