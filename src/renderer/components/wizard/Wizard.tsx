import { Button, Form } from '@patternfly/react-core'
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { FieldValues, UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { WireError } from '../../../shared/errors/index.ts'
import { describeError } from '../../i18n/index.ts'
import { DialogFrame } from '../dialog/index.ts'
import { ErrorDetails } from '../ErrorDetails.tsx'
import { StepList } from './StepList.tsx'
import { mayJump, stepBeside, stepOfField, type WizardAction, type WizardStep } from './wizard-steps.ts'

/** How to go on after a failure. */
export interface FailureWays<Values extends FieldValues> {
  /** Tries in another way. */
  readonly run: (action: WizardAction<Values>) => void
  /** The failure is no longer told of. */
  readonly dismiss: () => void
}

export interface WizardProps<Values extends FieldValues> {
  readonly title: string
  /** Default: medium. */
  readonly size?: 'medium' | 'large'
  readonly form: UseFormReturn<Values>
  readonly steps: readonly WizardStep<Values>[]
  /** Where it begins. Default: at the first that is not skipped. */
  readonly start?: string
  /**
   * Ends it from any page: what the others ask has defaults that will do. Its button is the main one, and any page can be gone to.
   * Left out: the pages are gone through one by one.
   */
  readonly finish?: WizardAction<Values>
  /** What can be done about a failure, beside reading about it. */
  readonly failureActions?: (error: WireError, ways: FailureWays<Values>) => ReactNode
  /** The first step is left at once: it has nothing to ask. */
  readonly runsAtOnce?: boolean
  /** There are entries of an earlier time in it; how to be rid of them. Null: there are none. */
  readonly onStartOver: (() => void) | null
  readonly onClose: () => void
}

/**
 * The shell of every wizard. Back and forth loses nothing; a step is left once its fields are right and what it has to do
 * is done; an error that belongs to a field is shown there, whichever step that is on.
 */
export function Wizard<Values extends FieldValues>(props: WizardProps<Values>) {
  const { t } = useTranslation()
  const { form, steps, onClose } = props
  const formId = useId()
  const first = steps.find(({ isSkipped }) => isSkipped !== true)?.id ?? ''
  const [current, setCurrent] = useState(props.start ?? first)
  const [failure, setFailure] = useState<WireError | null>(null)
  const [isBusy, setBusy] = useState(false)
  const running = useRef<AbortController | null>(null)
  const body = useRef<HTMLDivElement>(null)
  const step = steps.find(({ id }) => id === current) ?? steps[0]

  const go = (to: string) => {
    setFailure(null)
    setCurrent(to)
  }
  const run = async (action: WizardAction<Values>, fields: WizardStep<Values>['fields']) => {
    if (step === undefined || isBusy) return
    if (!(await form.trigger(fields))) {
      const wrong = steps.find((other) => other.fields.some((field) => form.getFieldState(field).invalid))
      if (wrong === undefined || wrong.id === step.id) focusFirst(body.current, '[aria-invalid="true"]')
      else go(wrong.id)
      return
    }
    const abort = new AbortController()
    running.current = abort
    setFailure(null)
    setBusy(true)
    const outcome = await action.run(form.getValues(), abort.signal)
    if (abort.signal.aborted) return
    setBusy(false)
    if (outcome.kind === 'next') setCurrent(stepBeside(steps, step.id, 1))
    else if (outcome.kind === 'go') setCurrent(outcome.to)
    else if (outcome.kind === 'failed') {
      setFailure(outcome.error)
      if (outcome.field === null) return
      form.setError(outcome.field, { message: describeError(outcome.error, t).title })
      setCurrent(stepOfField(steps, outcome.field) ?? step.id)
    }
  }
  const allFields = steps.flatMap(({ fields }) => fields)
  const isLast = step !== undefined && stepBeside(steps, step.id, 1) === step.id
  const main = isLast ? step?.next : (props.finish ?? step?.next)
  const submit = () => {
    if (step === undefined || main === undefined) return
    void run(main, main === props.finish ? allFields : step.fields)
  }
  const stop = () => {
    running.current?.abort()
    setBusy(false)
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens.
  useEffect(() => {
    if (props.runsAtOnce === true) submit()
    return () => running.current?.abort()
  }, [])

  // The button that was pressed goes with its step, and an error may be elsewhere: the keyboard continues where it matters.
  const seen = useRef({ current, failure })
  useEffect(() => {
    if (seen.current.current === current && seen.current.failure === failure) return
    seen.current = { current, failure }
    // A page without fields to type in is read first.
    focusFirst(body.current, '[aria-invalid="true"]', 'input:not([type="checkbox"])')
  }, [current, failure])

  if (step === undefined || main === undefined) return null
  const before = stepBeside(steps, step.id, -1)
  return (
    <DialogFrame
      size={props.size ?? 'medium'}
      title={props.title}
      description={
        <>
          <StepList
            steps={steps}
            current={step.id}
            mayGo={(to) => !isBusy && (props.finish === undefined ? mayJump(steps, step.id, to) : to !== step.id)}
            onGo={go}
          />
          {step.description}
        </>
      }
      bodyRef={body}
      onClose={onClose}
      footer={
        <>
          {isBusy && main.isFinal !== true ? (
            <Button variant="secondary" onClick={stop}>
              {t('common:wizard.stop')}
            </Button>
          ) : before === step.id ? null : (
            <Button variant="secondary" isDisabled={isBusy} onClick={() => go(before)}>
              {t('common:back')}
            </Button>
          )}
          {main === step.next ? null : (
            <Button variant="secondary" isDisabled={isBusy} onClick={() => void run(step.next, step.fields)}>
              {step.next.label}
            </Button>
          )}
          <Button
            type="submit"
            form={formId}
            variant={main.isDanger === true ? 'danger' : 'primary'}
            isLoading={isBusy}
            isDisabled={isBusy || main.isDisabled === true}
            {...(isBusy ? { spinnerAriaLabel: main.busy ?? t('common:loading') } : {})}
          >
            {isBusy ? (main.busy ?? main.label) : main.label}
          </Button>
          {step.isEnd === true ? null : (
            <Button variant="link" onClick={onClose}>
              {/* What has begun and goes on by itself is not cancelled by that. */}
              {t(isBusy && main.isFinal === true ? 'common:close' : 'common:cancel')}
            </Button>
          )}
        </>
      }
    >
      <Form
        id={formId}
        isHorizontal
        noValidate
        aria-busy={isBusy}
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          submit()
        }}
      >
        {props.onStartOver === null ? null : (
          <p className="vd-wizard__draft">
            {t('common:wizard.restored')}{' '}
            <Button
              variant="link"
              isInline
              size="sm"
              onClick={() => {
                props.onStartOver?.()
                go(first)
              }}
            >
              {t('common:wizard.startOver')}
            </Button>
          </p>
        )}
        {failure === null ? null : (
          <div className="vd-failure" role="alert">
            <ErrorDetails error={failure} />
            {props.failureActions?.(failure, {
              run: (action) => void run(action, allFields),
              dismiss: () => setFailure(null),
            })}
          </div>
        )}
        {steps.map(({ id, content }) => (
          // All stay in the page, so that what was typed or opened in them is there when a person comes back.
          <div key={id} className="vd-wizard__page" hidden={id !== step.id}>
            {content}
          </div>
        ))}
      </Form>
    </DialogFrame>
  )
}

function focusFirst(within: HTMLElement | null, ...selectors: readonly string[]): void {
  for (const selector of selectors) {
    const found = [...(within?.querySelectorAll<HTMLElement>(selector) ?? [])].find(
      (element) => element.closest('[hidden]') === null,
    )
    if (found === undefined) continue
    found.focus()
    return
  }
  within?.focus()
}
