import { Button, TextArea } from '@patternfly/react-core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { describedBy, FieldFrame } from '../../../components/fields/index.ts'
import { readFingerprints } from './known-keys.ts'

/** Confirms many keys at once: all that a list of fingerprints, or of known_hosts, has. What is pasted here is not sent anywhere. */
export function KnownKeys({ onConfirm }: { readonly onConfirm: (known: ReadonlySet<string>) => number }) {
  const { t } = useTranslation()
  const id = useId()
  const [text, setText] = useState('')
  const [confirmed, setConfirmed] = useState<number | null>(null)
  const hint = t('hosts:many.known.hint')
  const confirm = async () => setConfirmed(onConfirm(await readFingerprints(text)))
  return (
    <FieldFrame id={id} label={t('hosts:many.known.label')} hint={hint} error={null}>
      <TextArea
        id={id}
        rows={3}
        value={text}
        spellCheck={false}
        resizeOrientation="vertical"
        placeholder={'256 SHA256:… root@node01 (ED25519)\nnode02.example.org ssh-ed25519 AAAA…'}
        onChange={(_event, value) => setText(value)}
        {...describedBy(id, hint, null)}
      />
      <div className="vd-many__ways">
        <Button variant="secondary" size="sm" isDisabled={text.trim() === ''} onClick={() => void confirm()}>
          {t('hosts:many.known.confirm')}
        </Button>
        <span role="status">{confirmed === null ? '' : t('hosts:many.known.confirmed', { count: confirmed })}</span>
      </div>
    </FieldFrame>
  )
}
