import { useTranslation } from 'react-i18next'
import { ActionButton } from '../../components/ActionButton.tsx'
import type { SerialControls } from './SerialScreen.tsx'

interface SerialToolsProps {
  readonly controls: () => SerialControls | null
  readonly disabledReason: string | null
  readonly onNote: (text: string) => void
}

/** The toolbar's buttons of a serial console. */
export function SerialTools({ controls, disabledReason, onNote }: SerialToolsProps) {
  const { t } = useTranslation()
  const copy = () => {
    navigator.clipboard.writeText(controls()?.copyText() ?? '').then(
      () => onNote(t('console:serial.copied')),
      () => onNote(t('console:serial.clipboardRefused')),
    )
  }
  const paste = () => {
    navigator.clipboard.readText().then(
      (text) => {
        controls()?.paste(text)
        controls()?.focus()
      },
      () => onNote(t('console:serial.clipboardRefused')),
    )
  }
  return (
    <>
      <ActionButton label={t('console:serial.copy')} onClick={copy} />
      <ActionButton label={t('console:serial.paste')} disabledReason={disabledReason} onClick={paste} />
      <ActionButton
        label={t('console:serial.clear')}
        onClick={() => {
          controls()?.clear()
          controls()?.focus()
        }}
      />
      <ActionButton
        label={t('console:serial.reset')}
        onClick={() => {
          controls()?.reset()
          controls()?.focus()
        }}
      />
    </>
  )
}
