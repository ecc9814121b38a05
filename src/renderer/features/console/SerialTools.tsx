import { useTranslation } from 'react-i18next'
import type { VmSerialPort } from '../../../shared/domain/index.ts'
import { ActionButton } from '../../components/ActionButton.tsx'
import { MenuButton, type MenuEntry } from '../../components/menu.tsx'
import type { SerialControls } from './SerialScreen.tsx'

interface SerialToolsProps {
  readonly controls: () => SerialControls | null
  readonly disabledReason: string | null
  readonly ports: readonly VmSerialPort[]
  /** Alias of the port that is shown; null: the first that can be opened. */
  readonly port: string | null
  readonly onPort: (alias: string) => void
  readonly onNote: (text: string) => void
}

/** The toolbar's buttons of a serial console. */
export function SerialTools({ controls, disabledReason, ports, port, onPort, onNote }: SerialToolsProps) {
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
  const shown = port ?? ports.find(({ canOpen }) => canOpen)?.alias
  const portEntry = ({ alias, type, target, canOpen }: VmSerialPort): MenuEntry => ({
    type: 'action',
    id: `port.${alias}`,
    label: target === null ? alias : t('console:serial.portOfKind', { alias, kind: target }),
    checked: alias === shown,
    disabledReason: canOpen ? null : t('console:serial.portUnsupported', { type }),
    run: () => onPort(alias),
  })
  return (
    <>
      {ports.length > 1 ? (
        <MenuButton
          label={shown === undefined ? t('console:serial.ports') : t('console:serial.portShown', { alias: shown })}
          entries={ports.map(portEntry)}
        />
      ) : null}
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
