import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader, Spinner } from '@patternfly/react-core'
import { useEffect, useRef, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { CommandInput, CommandOutput, HostCheck } from '../../../shared/contract/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { describeError } from '../../i18n/index.ts'
import { addNotice, closeDialog, rememberDialog, showHost, useEngineClient } from '../../stores/index.ts'
import { CheckList } from './CheckList.tsx'
import { FingerprintConfirm } from './Fingerprint.tsx'
import { type OfferedKey, offeredKey } from './offered-key.ts'
import { AuthenticationFields, ModeField, TextField } from './ReachFields.tsx'
import { EMPTY_REACH_FORM, fieldOfError, type ReachForm, reachFormSchema, toReach } from './reach-form.ts'

/** Where the dialog is. Each step but the first carries what it shows. */
type Step =
  | { readonly kind: 'form' }
  | { readonly kind: 'busy'; readonly adding: boolean }
  | { readonly kind: 'key'; readonly offered: OfferedKey }
  | {
      readonly kind: 'results'
      readonly checks: readonly HostCheck[]
      readonly hostKey: string | null
      readonly error: WireError | null
    }

/** The dialog that adds a host: how to reach it, its key for confirmation, the checks, then it is added. */
export function AddHostDialog({ local }: { readonly local: boolean }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const form = useForm<ReachForm>({ resolver: zodResolver(reachFormSchema), defaultValues: EMPTY_REACH_FORM })
  const [step, setStep] = useState<Step>(local ? { kind: 'busy', adding: false } : { kind: 'form' })
  const [confirmed, setConfirmed] = useState(false)
  const abort = useRef<AbortController | null>(null)
  const body = useRef<HTMLDivElement>(null)
  const shownStep = useRef(step.kind)

  const reach = (hostKey: string | null): CommandInput<'host.check'> =>
    local ? { transport: 'local', address: 'localhost' } : toReach(form.getValues(), hostKey)

  const check = async (hostKey: string | null) => {
    setStep({ kind: 'busy', adding: false })
    abort.current = new AbortController()
    const { signal } = abort.current
    const result = await client.call('host.check', reach(hostKey), { signal })
    if (signal.aborted) return
    if (result.ok) showResults(result.value, hostKey)
    else showFailure(result.error, hostKey)
  }
  const showResults = ({ checks, hostKey }: CommandOutput<'host.check'>, sentKey: string | null) => {
    const keyCheck = checks.find(({ error }) => error !== null && offeredKey(error) !== null)
    if (keyCheck?.error !== undefined && keyCheck.error !== null) showFailure(keyCheck.error, sentKey)
    else setStep({ kind: 'results', checks, hostKey: sentKey ?? hostKey?.fingerprint ?? null, error: null })
  }
  const showFailure = (error: WireError, hostKey: string | null) => {
    const offered = offeredKey(error)
    if (offered !== null) {
      setConfirmed(false)
      setStep({ kind: 'key', offered })
      return
    }
    setStep({ kind: 'results', checks: [], hostKey, error })
  }
  const add = async (hostKey: string | null) => {
    setStep({ kind: 'busy', adding: true })
    const isOpen = rememberDialog()
    const way = reach(hostKey)
    const name = form.getValues('name').trim()
    const result = await client.call('host.add', { ...way, ...(name === '' ? {} : { name }) })
    if (!isOpen()) {
      // Closed while it was being added, which goes on: a host that came is in the tree, one that did not is told of.
      if (!result.ok) addNotice({ command: 'host.add', subject: way.address, error: result.error })
    } else if (result.ok) {
      closeDialog()
      showHost(result.value.hostId)
    } else showFailure(result.error, hostKey)
  }
  const backToForm = (error: WireError | null) => {
    setStep({ kind: 'form' })
    const field = error === null ? null : fieldOfError(error, form.getValues())
    if (field === null || error === null) return
    const { title, advice } = describeError(error, t)
    form.setError(field, { message: `${title} ${advice}` })
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: this computer has no form; its checks start with the dialog.
  useEffect(() => {
    if (local) void check(null)
    return () => abort.current?.abort()
  }, [])

  // The button that was pressed goes with its step: the keyboard continues in what the next one shows.
  useEffect(() => {
    if (shownStep.current === step.kind) return
    shownStep.current = step.kind
    const field = step.kind === 'form' ? body.current?.querySelector<HTMLElement>('[aria-invalid="true"], input') : null
    const target = field ?? body.current
    target?.focus()
  }, [step.kind])

  const failedCheck = step.kind === 'results' ? step.checks.find(({ outcome }) => outcome === 'failed') : undefined
  const failure = step.kind === 'results' ? (step.error ?? failedCheck?.error ?? null) : null
  const mayAdd = step.kind === 'results' && step.error === null && failedCheck === undefined
  const title = local ? t('hosts:add.titleLocal') : t('hosts:add.title')
  return (
    <Modal isOpen variant="medium" onEscapePress={closeDialog} aria-labelledby="add-host-title" className="vd-dialog">
      <ModalHeader title={title} labelId="add-host-title" description={t(`hosts:add.step.${step.kind}`)} />
      <ModalBody ref={body} tabIndex={0} aria-label={title}>
        <div hidden={step.kind !== 'form'}>
          <Form id="add-host-form" isHorizontal onSubmit={form.handleSubmit(() => check(null))} noValidate>
            <TextField form={form} name="address" hint={t('hosts:form.addressHint')} required autoFocus />
            <TextField form={form} name="user" hint={t('hosts:form.userHint')} />
            <TextField form={form} name="port" placeholder="22" />
            <AuthenticationFields form={form} />
            <TextField form={form} name="name" hint={t('hosts:form.nameHint')} />
            <ModeField form={form} />
            {/* Enter in a field submits only with a button in the form. */}
            <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
          </Form>
        </div>
        {step.kind === 'busy' ? (
          <div className="vd-busy" aria-live="polite">
            <Spinner size="lg" aria-label={t('common:loading')} />
            <p>{step.adding ? t('hosts:add.adding') : t('hosts:add.checking')}</p>
          </div>
        ) : null}
        {step.kind === 'key' ? (
          <FingerprintConfirm offered={step.offered} confirmed={confirmed} onConfirm={setConfirmed} />
        ) : null}
        {step.kind === 'results' ? (
          <div aria-live="polite">
            {step.error === null ? null : (
              <div className="vd-failure">
                <ErrorDetails error={step.error} />
              </div>
            )}
            <CheckList checks={step.checks} />
          </div>
        ) : null}
      </ModalBody>
      <ModalFooter>
        {step.kind === 'form' ? (
          <Button type="submit" form="add-host-form">
            {t('hosts:add.check')}
          </Button>
        ) : null}
        {step.kind === 'key' ? (
          <Button
            isDisabled={!confirmed}
            variant={step.offered.expected === null ? 'primary' : 'danger'}
            onClick={() => void check(step.offered.fingerprint)}
          >
            {step.offered.expected === null ? t('hosts:key.trust') : t('hosts:key.trustChanged')}
          </Button>
        ) : null}
        {step.kind === 'results' && mayAdd ? (
          <Button onClick={() => void add(step.hostKey)}>{t('hosts:add.add')}</Button>
        ) : null}
        {step.kind === 'results' && !mayAdd ? (
          <Button onClick={() => void check(step.hostKey)}>{t('hosts:add.checkAgain')}</Button>
        ) : null}
        {step.kind === 'form' || local ? null : (
          <Button
            variant="secondary"
            isDisabled={step.kind === 'busy' && step.adding}
            onClick={() => {
              abort.current?.abort()
              backToForm(failure)
            }}
          >
            {t('common:back')}
          </Button>
        )}
        <Button variant="link" onClick={closeDialog}>
          {t('common:cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  )
}
