import { useTranslation } from 'react-i18next'
import type { StepPhase, TaskStep } from '../../../shared/domain/index.ts'
import { Name } from '../../components/Name.tsx'
import { StatusMark, type Tone } from '../../components/StatusMark.tsx'
import { describeCause } from '../../i18n/index.ts'
import { useEntity } from '../../stores/index.ts'

const PHASE_TONES: Readonly<Record<StepPhase, Tone>> = {
  pending: 'off',
  running: 'moving',
  done: 'ok',
  failed: 'bad',
  unknown: 'unknown',
  undoing: 'moving',
  undone: 'off',
  left: 'warning',
}

/** What a task does step by step, and how far each is. */
export function TaskSteps({ steps }: { readonly steps: readonly TaskStep[] }) {
  const { t } = useTranslation()
  if (steps.length === 0) return null
  return (
    <ol className="vd-task-steps" aria-label={t('common:task.steps')}>
      {steps.map((step) => (
        <Step key={step.id} step={step} />
      ))}
    </ol>
  )
}

function Step({ step }: { readonly step: TaskStep }) {
  const { t } = useTranslation()
  const host = useEntity('hosts', step.hostId)
  return (
    <li>
      <span className="vd-status">
        <StatusMark tone={PHASE_TONES[step.phase]} />{' '}
        {t(`steps:${step.text.key}`, { ...step.text.params, defaultValue: step.text.key })}
      </span>{' '}
      <span className="vd-subtle">
        {t(`common:stepPhase.${step.phase}`)}
        {host === undefined ? null : (
          <>
            {' · '}
            <Name>{host.name}</Name>
          </>
        )}
        {step.error === null ? '' : ` · ${describeCause(step.error, t)}`}
      </span>
    </li>
  )
}
