import { useTranslation } from 'react-i18next'
import { EllipsisVIcon } from '../../../components/icons.ts'
import { MenuButton, type MenuEntry } from '../../../components/menu.tsx'

/** The menu at the end of the line of a device; nothing where nothing can be done. */
export function DeviceRowMenu(props: { readonly device: string; readonly entries: readonly MenuEntry[] }) {
  const { t } = useTranslation()
  const { device, entries } = props
  if (entries.length === 0) return null
  return (
    <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('vms:hardware.actionsOf', { device })} entries={entries} />
  )
}
