import { Button } from '@patternfly/react-core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CheckIcon, CopyIcon } from './icons.ts'

/** Copies a text and says that it did. */
export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const { t } = useTranslation()
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    )
  }
  const words = {
    idle: label ?? t('common:copy.copy'),
    copied: t('common:copy.copied'),
    failed: t('common:copy.failed'),
  }[state]
  return (
    <Button
      variant="link"
      size="sm"
      icon={state === 'copied' ? <CheckIcon /> : <CopyIcon />}
      onClick={copy}
      onBlur={() => setState('idle')}
    >
      <span aria-live="polite">{words}</span>
    </Button>
  )
}
