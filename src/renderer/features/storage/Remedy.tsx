import { useTranslation } from 'react-i18next'
import type { WireError } from '../../../shared/errors/index.ts'
import { CopyButton } from '../../components/CopyButton.tsx'

/** The command that mends a storage error on a host, to copy. Null: none is known. Pure. */
export function remedyOf({ code, params }: WireError): { readonly command: string; readonly host: string } | null {
  const { remedy, hostName } = params
  if (!code.startsWith('storage.') || typeof remedy !== 'string' || remedy === '') return null
  return { command: remedy, host: typeof hostName === 'string' ? hostName : '' }
}

/** What mends it, for the host that it is told of; nothing where no command does. */
export function Remedy({ error }: { readonly error: WireError }) {
  const { t } = useTranslation()
  const remedy = remedyOf(error)
  if (remedy === null) return null
  return (
    <p className="vd-remedy">
      <span className="vd-subtle">{t('storage:remedy.run', { host: remedy.host })}</span>{' '}
      <code className="vd-break">{remedy.command}</code> <CopyButton text={remedy.command} />
    </p>
  )
}
