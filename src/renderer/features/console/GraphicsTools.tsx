import { useTranslation } from 'react-i18next'
import { MenuButton, type MenuEntry } from '../../components/menu.tsx'
import { saveFile } from '../../components/save-file.ts'
import type { GraphicsControls, ViewMode } from './GraphicsScreen.tsx'
import { type KeyCombination, keyCombinations, terminalCombinations } from './keysyms.ts'
import { copyPictureToClipboard, pictureFileName } from './picture-file.ts'

interface GraphicsToolsProps {
  readonly vmName: string
  readonly controls: () => GraphicsControls | null
  /** Why keys and pictures cannot be had now; null: they can. */
  readonly disabledReason: string | null
  readonly view: ViewMode
  readonly onView: (view: ViewMode) => void
  readonly onPaste: () => void
  /** Says something for a moment in the window. */
  readonly onNote: (text: string) => void
}

/** The toolbar's buttons of a graphics console. */
export function GraphicsTools(props: GraphicsToolsProps) {
  const { t } = useTranslation()
  const { controls, disabledReason, onNote, vmName } = props
  const keyEntry = ({ id, label, keys }: KeyCombination): MenuEntry => ({
    type: 'action',
    id: `key.${id}`,
    label,
    disabledReason,
    run: () => {
      controls()?.sendCombination(keys)
      controls()?.focus()
    },
  })
  const withPicture = (use: (picture: Blob) => Promise<string>) => () => {
    const take = async () => {
      const picture = await controls()?.takePicture()
      if (picture === undefined || picture === null) return t('console:picture.none')
      return use(picture)
    }
    take().then(onNote, () => onNote(t('console:picture.failed')))
  }
  return (
    <>
      <MenuButton
        label={t('console:toolbar.keys')}
        entries={[
          ...keyCombinations.map(keyEntry),
          { type: 'separator', id: 'before-terminals' },
          {
            type: 'submenu',
            id: 'terminals',
            label: t('console:toolbar.terminals'),
            entries: terminalCombinations.map(keyEntry),
          },
          { type: 'separator', id: 'before-paste' },
          { type: 'action', id: 'paste', label: t('console:toolbar.typeText'), disabledReason, run: props.onPaste },
        ]}
      />
      <MenuButton
        label={t('console:toolbar.picture')}
        entries={[
          {
            type: 'action',
            id: 'picture.save',
            label: t('console:picture.save'),
            disabledReason,
            run: withPicture(async (picture) => {
              const name = pictureFileName(vmName, new Date())
              saveFile(picture, name)
              return t('console:picture.saved', { name })
            }),
          },
          {
            type: 'action',
            id: 'picture.copy',
            label: t('console:picture.copy'),
            disabledReason,
            run: withPicture(async (picture) => {
              await copyPictureToClipboard(picture)
              return t('console:picture.copied')
            }),
          },
        ]}
      />
      <MenuButton
        label={t('console:toolbar.view')}
        entries={[
          {
            type: 'action',
            id: 'view.scale',
            label: t('console:view.scale'),
            checked: props.view === 'scale',
            run: () => props.onView('scale'),
          },
          {
            type: 'action',
            id: 'view.actual',
            label: t('console:view.actual'),
            checked: props.view === 'actual',
            run: () => props.onView('actual'),
          },
        ]}
      />
    </>
  )
}
