import type { ReactNode } from 'react'
import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { CommandPlan } from '../../../shared/contract/index.ts'
import { PlanPage, Wizard, type WizardAction } from '../../components/wizard/index.ts'
import { closeDialog } from '../../stores/index.ts'

/** One page of fields that can be finished at once, and the plan of what will happen. */
export function PlannedForm<Values extends FieldValues>(props: {
  readonly title: string
  readonly about: string
  readonly label: string
  readonly busy: string
  readonly form: UseFormReturn<Values>
  readonly fields: readonly FieldPath<Values>[]
  readonly plan: CommandPlan | null
  readonly onPlan: WizardAction<Values>['run']
  readonly onRun: WizardAction<Values>['run']
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  const { plan, fields } = props
  const finish: WizardAction<Values> = { label: props.label, busy: props.busy, isFinal: true, run: props.onRun }
  return (
    <Wizard
      title={props.title}
      form={props.form}
      steps={[
        {
          id: 'fields',
          title: t('templates:page.fields'),
          description: props.about,
          fields,
          content: props.children,
          next: { label: t('newvm:create.plan'), busy: t('newvm:create.planning'), run: props.onPlan },
        },
        {
          id: 'plan',
          title: t('newvm:page.plan.title'),
          description: t('newvm:page.plan.description'),
          fields: [],
          content: plan === null ? <p className="vd-subtle">{t('newvm:page.plan.none')}</p> : <PlanPage plan={plan} />,
          next: finish,
        },
      ]}
      finish={finish}
      onStartOver={null}
      onClose={closeDialog}
    />
  )
}
