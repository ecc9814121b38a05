import { Alert, Checkbox } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { ErrorCode, WireError } from '../../../shared/errors/index.ts'
import { CopyButton } from '../../components/CopyButton.tsx'

/** A host's key as an unknown- or changed-key error tells it. */
export interface OfferedKey {
  readonly keyType: string
  readonly fingerprint: string
  /** The fingerprint that was pinned, when the key is another one now. */
  readonly expected: string | null
  /** Where the expected key stands. */
  readonly source: string | null
}

/** The key that an error offers for confirmation; `null` for other errors. Pure. */
export function offeredKey(error: WireError): OfferedKey | null {
  const offers: readonly ErrorCode[] = [
    'ssh.host-key-unknown',
    'ssh.host-key-changed',
    'ssh.certificate-authority-unsupported',
  ]
  if (!offers.includes(error.code)) return null
  const { keyType, fingerprint, expectedFingerprint, source } = error.params
  return {
    keyType: String(keyType),
    fingerprint: String(fingerprint),
    expected: expectedFingerprint === undefined ? null : String(expectedFingerprint),
    source: source === undefined ? null : String(source),
  }
}

/** File of the host's public key of a type, on an OpenSSH server. Pure. */
export function publicKeyFile(keyType: string): string {
  const type = /ecdsa/.test(keyType) ? 'ecdsa' : /rsa/.test(keyType) ? 'rsa' : 'ed25519'
  return `/etc/ssh/ssh_host_${type}_key.pub`
}

/** Shows a key large, how to compare it on the host, and asks for a person's word. */
export function FingerprintConfirm(props: {
  readonly offered: OfferedKey
  readonly confirmed: boolean
  readonly onConfirm: (confirmed: boolean) => void
}) {
  const { t } = useTranslation()
  const { offered } = props
  const command = `ssh-keygen -lf ${publicKeyFile(offered.keyType)}`
  return (
    <div className="vd-fingerprint">
      {offered.expected === null ? (
        <p>{t('hosts:key.unknown')}</p>
      ) : (
        <Alert isInline variant="danger" title={t('hosts:key.changedTitle')} component="h2">
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
        id="confirm-fingerprint"
        label={offered.expected === null ? t('hosts:key.confirm') : t('hosts:key.confirmChanged')}
        isChecked={props.confirmed}
        onChange={(_event, checked) => props.onConfirm(checked)}
      />
    </div>
  )
}
