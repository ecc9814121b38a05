import { Button } from '@patternfly/react-core'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { DialogFrame } from '../components/dialog/index.ts'
import { closeDialog } from '../stores/index.ts'

const SHORTCUTS = [
  [['Ctrl+K'], 'frame:shortcut.palette'],
  [['Ctrl+J'], 'frame:shortcut.dock'],
  [['F2'], 'frame:shortcut.rename'],
  [['↑', '↓', '←', '→'], 'frame:shortcut.arrows'],
  [['A–Z'], 'frame:shortcut.letters'],
  [['Enter'], 'frame:shortcut.enter'],
  [['Shift+F10'], 'frame:shortcut.menu'],
  [['Space', 'Shift', 'Ctrl'], 'frame:shortcut.select'],
  [['F6'], 'frame:shortcut.regions'],
] as const

/** The keys that work everywhere. */
export function ShortcutsDialog() {
  const { t } = useTranslation()
  return (
    <DialogFrame
      size="small"
      title={t('frame:menu.shortcuts')}
      footer={<Button onClick={closeDialog}>{t('common:close')}</Button>}
    >
      <dl className="vd-facts">
        {SHORTCUTS.map(([keys, text]) => (
          <div key={text} className="vd-facts__line">
            <dt>
              {keys.map((key) => (
                <Fragment key={key}>
                  <kbd>{key}</kbd>{' '}
                </Fragment>
              ))}
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
    </DialogFrame>
  )
}
