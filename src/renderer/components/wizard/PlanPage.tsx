import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { CommandPlan } from '../../../shared/contract/index.ts'
import { useEntity } from '../../stores/index.ts'
import { Name } from '../Name.tsx'
import { groupSteps } from './group-steps.ts'

/** What a command will do, in its order and host by host: the last page of a wizard. */
export function PlanPage({ plan }: { readonly plan: Pick<CommandPlan, 'steps'> }) {
  const { t } = useTranslation()
  const id = useId()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be of fields.
    <div className="vd-plan" role="group" aria-labelledby={id}>
      <h2 className="vd-dialog__section" id={id}>
        {t('common:plan.title')}
      </h2>
      {groupSteps(plan.steps).map(({ hostId, steps }) => (
        <div key={steps[0]?.id}>
          {hostId === null ? null : <HostName hostId={hostId} />}
          <ol className="vd-plan__steps">
            {steps.map(({ id, data, text: { key, params } }) => (
              <li key={id} data-step={key}>
                {t([`steps:planned.${key}`, `steps:${key}`], { ...params, defaultValue: key })}
                <Definition data={data} />
              </li>
            ))}
          </ol>
        </div>
      ))}
    </div>
  )
}

/** What a step will write, where that is XML. */
function Definition({ data }: { readonly data: unknown }) {
  const { t } = useTranslation()
  const xml = typeof data === 'object' && data !== null && 'xml' in data ? data.xml : null
  if (typeof xml !== 'string') return null
  return (
    <details>
      <summary>{t('common:plan.xml')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard. */}
      <pre className="vd-plan__xml" tabIndex={0}>
        {xml}
      </pre>
    </details>
  )
}

function HostName({ hostId }: { readonly hostId: string }) {
  const host = useEntity('hosts', hostId)
  return (
    <strong>
      <Name>{host?.name ?? hostId}</Name>
    </strong>
  )
}
