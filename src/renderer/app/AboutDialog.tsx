import { Button } from '@patternfly/react-core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Session } from '../../shared/domain/index.ts'
import { Facts, Known } from '../components/Card.tsx'
import { DialogFrame } from '../components/dialog/index.ts'
import { closeDialog, useEntity } from '../stores/index.ts'

/** What runs here, for support. */
export function AboutDialog() {
  const { t } = useTranslation()
  const session = useEntity('session', 'session')
  const known = (words: (value: Session) => ReactNode) => <Known value={session}>{words}</Known>
  return (
    <DialogFrame
      size="small"
      title="Virtdeck"
      description={t('frame:about.what')}
      footer={<Button onClick={closeDialog}>{t('common:close')}</Button>}
    >
      <Facts
        facts={[
          [t('frame:about.version'), known(({ version }) => version)],
          [t('frame:about.shell'), known(({ shell }) => t(`frame:shell.${shell}`))],
          [t('frame:about.user'), known(({ user, role }) => `${user} · ${role}`)],
          [t('frame:about.dataDir'), known(({ dataDir }) => <code>{dataDir}</code>)],
          [t('frame:about.licence'), 'Apache-2.0'],
        ]}
      />
    </DialogFrame>
  )
}
