import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { Facts } from '../components/Card.tsx'
import { closeDialog, useEntity } from '../stores/index.ts'

/** What runs here, for support. */
export function AboutDialog() {
  const { t } = useTranslation()
  const session = useEntity('session', 'session')
  return (
    <Modal isOpen variant="small" onEscapePress={closeDialog} aria-labelledby="about-title">
      <ModalHeader title="Virtdeck" labelId="about-title" description={t('frame:about.what')} />
      <ModalBody>
        <Facts
          facts={[
            [t('frame:about.version'), session?.version ?? '—'],
            [t('frame:about.shell'), session === undefined ? '—' : t(`frame:shell.${session.shell}`)],
            [t('frame:about.user'), session === undefined ? '—' : `${session.user} · ${session.role}`],
            [t('frame:about.dataDir'), <code key="dir">{session?.dataDir ?? '—'}</code>],
            [t('frame:about.licence'), 'Apache-2.0'],
          ]}
        />
      </ModalBody>
      <ModalFooter>
        <Button onClick={closeDialog}>{t('common:close')}</Button>
      </ModalFooter>
    </Modal>
  )
}
