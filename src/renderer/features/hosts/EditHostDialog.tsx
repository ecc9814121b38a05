import { Button, Form } from '@patternfly/react-core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { Host, HostId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { ChangedMeanwhile } from '../../components/ChangedMeanwhile.tsx'
import { DialogFrame } from '../../components/dialog/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { describeError } from '../../i18n/index.ts'
import { addNotice, closeDialog, rememberDialog, useEngineClient, useEntity } from '../../stores/index.ts'
import { FingerprintConfirm } from './Fingerprint.tsx'
import { offeredKey } from './offered-key.ts'
import { AddressFields, AuthenticationFields, NameField } from './ReachFields.tsx'
import { fieldOfError, type ReachForm, reachFormSchema, toEdit } from './reach-form.ts'
import { StorageManagerField } from './StorageManagerField.tsx'

/** Changes how a host is named and reached; the way to accept a changed key of it. */
export function EditHostDialog({ hostId }: { readonly hostId: HostId }) {
  const host = useEntity('hosts', hostId)
  return host === undefined ? null : <EditHostForm host={host} />
}

function EditHostForm({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  // What the person saw when they began: only what they changed of it is sent, and on which revision.
  const [base, setBase] = useState(host)
  const form = useForm<ReachForm>({
    defaultValues: formOf(host),
    resolver: async (values) => validateEdit(base, values),
  })
  const [error, setError] = useState<WireError | null>(null)
  const [confirmed, setConfirmed] = useState(false)
  const [priority, setPriority] = useState(host.storageManagerPriority)
  const [busy, setBusy] = useState(false)
  const [offered] = useState(() => (host.statusError === null ? null : offeredKey(host.statusError)))

  const save = async (values: ReachForm, revision = base.revision) => {
    setBusy(true)
    const isOpen = rememberDialog()
    const result = await client.call('host.edit', {
      ...toEdit(base, values, confirmed ? (offered?.fingerprint ?? null) : null),
      ...(priority === base.storageManagerPriority ? {} : { storageManagerPriority: priority }),
      revision,
    })
    if (!isOpen()) {
      if (!result.ok) addNotice({ command: 'host.edit', subject: host.name, error: result.error })
      return
    }
    setBusy(false)
    if (result.ok) {
      closeDialog()
      return
    }
    setError(result.error)
    const field = fieldOfError(result.error, values)
    if (field !== null) form.setError(field, { message: describeError(result.error, t).advice }, { shouldFocus: true })
  }
  return (
    <DialogFrame
      size="medium"
      title={t('hosts:edit.title', { name: host.name })}
      footer={
        <>
          <Button type="submit" form="edit-host-form" isLoading={busy} isDisabled={busy}>
            {confirmed && offered?.expected !== null ? t('hosts:edit.saveWithKey') : t('common:save')}
          </Button>
          <Button variant="link" onClick={closeDialog}>
            {t('common:cancel')}
          </Button>
        </>
      }
    >
      {offered === null ? null : (
        <FingerprintConfirm offered={offered} confirmed={confirmed} onConfirm={setConfirmed} />
      )}
      {error === null ? null : (
        <div className="vd-failure" role="alert">
          <ErrorDetails error={error} />
          {error.code === 'host.changed-meanwhile' ? (
            <ChangedMeanwhile
              onLoad={() => {
                form.reset(formOf(host))
                setPriority(host.storageManagerPriority)
                setBase(host)
                setError(null)
              }}
              onSaveAnyway={form.handleSubmit((values) => save(values, host.revision))}
            />
          ) : null}
        </div>
      )}
      <Form id="edit-host-form" isHorizontal onSubmit={form.handleSubmit((values) => save(values))} noValidate>
        <NameField form={form} />
        {host.transport === 'local' ? null : (
          <>
            <AddressFields form={form} />
            <AuthenticationFields form={form} secretsKept />
          </>
        )}
        <StorageManagerField value={priority} onChange={setPriority} />
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </Form>
    </DialogFrame>
  )
}

function formOf(host: Host): ReachForm {
  return {
    address: host.address,
    name: host.name,
    user: host.user,
    port: String(host.port),
    authentication: host.authentication,
    privateKeyPath: host.privateKeyPath ?? '',
    jumpHost: host.jumpHost ?? '',
    passphrase: '',
    password: '',
    libvirtMode: host.libvirtMode,
  }
}

/** As for a new host, but a password that is kept need not be typed again. */
function validateEdit(host: Host, values: ReachForm) {
  const keptPassword =
    host.authentication === 'password' && values.authentication === 'password' && values.password === ''
  const result = reachFormSchema.safeParse(keptPassword ? { ...values, password: 'kept' } : values)
  if (result.success) return { values: { ...result.data, password: values.password }, errors: {} }
  const errors = Object.fromEntries(
    result.error.issues.map((issue) => [issue.path.join('.'), { type: 'validate', message: issue.message }]),
  )
  return { values: {}, errors }
}
