import { Button, Form } from '@patternfly/react-core'
import { type FormEvent, useId, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { CommandOutput } from '../../../../shared/contract/index.ts'
import type { Vm, VmId } from '../../../../shared/domain/index.ts'
import type { WireError } from '../../../../shared/errors/index.ts'
import { DialogFrame } from '../../../components/dialog/index.ts'
import { ErrorDetails } from '../../../components/ErrorDetails.tsx'
import { TextAreaField, TextField } from '../../../components/fields/index.ts'
import { closeDialog, useEngineClient, useEntity } from '../../../stores/index.ts'

type Outcome = CommandOutput<'vm.guest-exec'>

/** Runs programs in a guest by its agent, and shows what each printed. It stays open for the next one. */
export function RunInGuestDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <Runs vm={vm} />
}

function Runs({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const formId = useId()
  const { control, handleSubmit } = useForm({ defaultValues: { path: '', arguments: '' } })
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<WireError | null>(null)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const run = handleSubmit(async ({ path, arguments: lines }) => {
    if (isBusy || path.trim() === '') return
    setBusy(true)
    setError(null)
    setOutcome(null)
    const given = lines.split('\n').filter((line) => line !== '')
    const result = await client.call('vm.guest-exec', { vmId: vm.id, path: path.trim(), arguments: given })
    setBusy(false)
    if (result.ok) setOutcome(result.value)
    else setError(result.error)
  })
  return (
    <DialogFrame
      size="medium"
      title={t('vms:guestRun.title', { name: vm.name })}
      footer={
        <>
          <Button type="submit" form={formId} isLoading={isBusy} isDisabled={isBusy}>
            {t(isBusy ? 'vms:guestRun.busy' : 'vms:guestRun.do')}
          </Button>
          <Button variant="link" onClick={closeDialog}>
            {t('common:close')}
          </Button>
        </>
      }
    >
      {error === null ? null : (
        <div className="vd-failure" role="alert">
          <ErrorDetails error={error} />
        </div>
      )}
      <p>{t('vms:guestRun.body')}</p>
      <Form
        id={formId}
        isHorizontal
        noValidate
        aria-busy={isBusy}
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          void run()
        }}
      >
        <TextField
          control={control}
          name="path"
          label={t('vms:guestRun.path')}
          placeholder="/usr/bin/df"
          isRequired
          autoFocus
        />
        <TextAreaField
          control={control}
          name="arguments"
          label={t('vms:guestRun.arguments')}
          hint={t('vms:guestRun.argumentsHint')}
          rows={3}
        />
      </Form>
      {outcome === null ? null : <Printed outcome={outcome} />}
    </DialogFrame>
  )
}

function Printed({ outcome }: { readonly outcome: Outcome }) {
  const { t } = useTranslation()
  const { exitCode, signal, stdout, stderr, isCut } = outcome
  return (
    <div role="status">
      <p>
        {exitCode === null
          ? t('vms:guestRun.ended', { signal: signal ?? '?' })
          : t('vms:guestRun.exited', { code: exitCode })}
      </p>
      <Stream label={t('vms:guestRun.out')} text={stdout} />
      <Stream label={t('vms:guestRun.err')} text={stderr} />
      {isCut ? <p>{t('vms:guestRun.cut')}</p> : null}
    </div>
  )
}

function Stream({ label, text }: { readonly label: string; readonly text: string }) {
  if (text === '') return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section aria-label={label} className="vd-plan__xml" tabIndex={0}>
      <pre>{text}</pre>
    </section>
  )
}
