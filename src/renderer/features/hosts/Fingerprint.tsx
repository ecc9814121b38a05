import { Alert, Checkbox } from '@patternfly/react-core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../components/CopyButton.tsx'
import { type OfferedKey, publicKeyFile } from './offered-key.ts'

/** Shows a key large, how to compare it on the host, and asks for a person's word. */
export function FingerprintConfirm(props: {
  readonly offered: OfferedKey
  readonly confirmed: boolean
  readonly onConfirm: (confirmed: boolean) => void
}) {
  const { t } = useTranslation()
  const { offered } = props
  const id = useId()
  const command = `ssh-keygen -lf ${publicKeyFile(offered.keyType)}`
  return (
    <div className="vd-fingerprint">
      {offered.expected === null ? (
        <p>{t('hosts:key.unknown')}</p>
      ) : (
        <Alert
          isInline
          variant="danger"
          title={t('hosts:key.changedTitle')}
          component="h2"
          variantLabel={t('common:error.error')}
        >
          {t('hosts:key.changedBody')}
        </Alert>
      )}
      {offered.expected === null ? null : (
        <>
          <p className="vd-fingerprint__label">
            {t('hosts:key.expected', {
              source: offered.source === 'inventory' ? t('hosts:key.inventory') : (offered.source ?? ''),
            })}
          </p>
          <code className="vd-fingerprint__value vd-fingerprint__value--old">{offered.expected}</code>
        </>
      )}
      <p className="vd-fingerprint__label">{t('hosts:key.offered', { type: offered.keyType })}</p>
      <code className="vd-fingerprint__value" data-testid="fingerprint">
        {offered.fingerprint}
      </code>
      <p>{t('hosts:key.compare')}</p>
      <div className="vd-fingerprint__command">
        <code>{command}</code>
        <CopyButton text={command} />
      </div>
      <Checkbox
        id={id}
        label={offered.expected === null ? t('hosts:key.confirm') : t('hosts:key.confirmChanged')}
        isChecked={props.confirmed}
        onChange={(_event, checked) => props.onConfirm(checked)}
      />
    </div>
  )
}
