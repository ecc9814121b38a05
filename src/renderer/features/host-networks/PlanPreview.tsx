import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CommandInput, CommandOutput } from '../../../shared/contract/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { Card } from '../../components/Card.tsx'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useEngineClient } from '../../stores/index.ts'

type Changes = CommandInput<'host.plan-networks'> | null
type HostPlan = CommandOutput<'host.plan-networks'>

interface PlanState {
  readonly plan: HostPlan | null
  /** Why there is no plan. */
  readonly error: WireError | null
}

/** A person drags faster than a host answers, milliseconds. */
const PAUSE_MS = 250

/** What the engine would do on the host, asked anew with each change. Null while it is being asked. */
export function usePlan(changes: Changes): PlanState {
  const client = useEngineClient()
  const [answered, setAnswered] = useState<PlanState & { readonly asked: string }>({
    plan: null,
    error: null,
    asked: '',
  })
  const asked = changes === null ? '' : JSON.stringify(changes)
  useEffect(() => {
    if (asked === '') return
    let wanted = true
    const timer = setTimeout(() => {
      void client.call('host.plan-networks', JSON.parse(asked) as CommandInput<'host.plan-networks'>).then((result) => {
        if (!wanted) return
        setAnswered(result.ok ? { plan: result.value, error: null, asked } : { plan: null, error: result.error, asked })
      })
    }, PAUSE_MS)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [client, asked])
  return answered.asked === asked ? answered : { plan: null, error: null }
}

/** What would be done on the host: what speaks against it, the commands, and the files as they are to be. */
export function PlanPreview(props: { readonly changes: Changes } & PlanState) {
  const { t } = useTranslation()
  const { changes, ...state } = props
  if (changes === null) return null
  return (
    <Card title={t('networks:plan.title')}>
      <PlanBody {...state} />
    </Card>
  )
}

/** A plan as it stands in a card or a dialog. `isFolded`: its files are shown when they are asked for. */
export function PlanBody({ plan, error, isFolded = false }: PlanState & { readonly isFolded?: boolean }) {
  const { t } = useTranslation()
  if (error !== null) return <ErrorDetails error={error} />
  if (plan === null) return <p className="vd-subtle vd-card__text">{t('common:loading')}</p>
  return (
    <div className="vd-card__text" role="status">
      {[...plan.refusals, ...plan.warnings].map((said, index) => (
        <div key={said.code + JSON.stringify(said.params)} className="vd-setup__said">
          <StatusMark tone={index < plan.refusals.length ? 'bad' : 'warning'} />
          <ErrorDetails error={said} />
        </div>
      ))}
      <p>{t('networks:plan.commands', { count: plan.commands.length })}</p>
      {plan.commands.length === 0 ? null : <PlanText text={plan.commands.join('\n')} />}
      {plan.files.map(({ path, before, after }) => (
        <details key={path} open={!isFolded}>
          <summary>
            <code>{path}</code>{' '}
            <span className="vd-subtle">
              {t(
                before === null ? 'networks:plan.new' : after === null ? 'networks:plan.gone' : 'networks:plan.changed',
              )}
            </span>
          </summary>
          <PlanText text={after ?? before ?? ''} />
        </details>
      ))}
    </div>
  )
}

function PlanText({ text }: { readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable text must be reachable by keyboard.
    <pre className="vd-setup__text" tabIndex={0}>
      {text}
    </pre>
  )
}
