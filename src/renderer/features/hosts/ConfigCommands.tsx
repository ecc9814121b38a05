import { Alert, Button, Checkbox } from '@patternfly/react-core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { Problems } from '../../components/Problems.tsx'
import { useRunCommand } from '../../stores/index.ts'
import { askedDigests } from './asked-digests.ts'

/** Asks whether commands of ssh_config may be run, as `ssh` would: shown before a host is added. */
export function AskForCommands(props: {
  readonly error: WireError
  readonly allowed: boolean
  readonly onChange: (allowed: boolean) => void
}) {
  const { t } = useTranslation()
  const { commands, path, line } = props.error.params
  return (
    <Alert
      isInline
      variant="warning"
      title={t('hosts:commands.title')}
      component="h2"
      variantLabel={t('common:error.warning')}
    >
      <pre className="vd-commands">{String(commands)}</pre>
      <p>{t('hosts:commands.where', { path: String(path), line: Number(line) })}</p>
      <Checkbox
        id="allow-commands"
        label={t('hosts:commands.allow')}
        isChecked={props.allowed}
        onChange={(_event, allowed) => props.onChange(allowed)}
      />
    </Alert>
  )
}

/** The same for a host that is there: its problem, with the way to allow them. It is connected anew then. */
export function CommandsProblem({ hostId, error }: { readonly hostId: HostId; readonly error: WireError }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const [busy, setBusy] = useState(false)
  const allow = async () => {
    setBusy(true)
    await run('host.edit', { hostId, allowCommands: [...askedDigests(error)] }, hostId)
    setBusy(false)
  }
  return (
    <Problems
      problems={[{ severity: 'warning', error }]}
      actions={
        <Button variant="link" isInline isDisabled={busy} onClick={() => void allow()}>
          {t('hosts:commands.allow')}
        </Button>
      }
    />
  )
}
