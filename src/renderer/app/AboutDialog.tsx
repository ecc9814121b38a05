import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { Facts } from '../components/Card.tsx'
import { DialogFrame } from '../components/dialog/index.ts'
import { closeDialog, useEntity } from '../stores/index.ts'

/** What runs here, for support. */
export function AboutDialog() {
  const { t } = useTranslation()
  const session = useEntity('session', 'session')
  return (
    <DialogFrame
      size="small"
      title="Virtdeck"
      description={t('frame:about.what')}
      footer={<Button onClick={closeDialog}>{t('common:close')}</Button>}
    >
      <Facts
        facts={[
          [t('frame:about.version'), session?.version ?? '—'],
          [t('frame:about.shell'), session === undefined ? '—' : t(`frame:shell.${session.shell}`)],
          [t('frame:about.user'), session === undefined ? '—' : `${session.user} · ${session.role}`],
          [t('frame:about.dataDir'), <code key="dir">{session?.dataDir ?? '—'}</code>],
          [t('frame:about.licence'), 'Apache-2.0'],
        ]}
      />
    </DialogFrame>
  )
}
