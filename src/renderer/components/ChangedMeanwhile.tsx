import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'

/** The ways on when somebody else changed what is being edited. */
export function ChangedMeanwhile(props: { readonly onLoad: () => void; readonly onSaveAnyway: () => void }) {
  const { t } = useTranslation()
  return (
    <>
      <Button variant="secondary" onClick={props.onLoad}>
        {t('common:conflict.load')}
      </Button>{' '}
      <Button variant="link" onClick={props.onSaveAnyway}>
        {t('common:conflict.saveAnyway')}
      </Button>
    </>
  )
}
