import { Fragment, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { AngleRightIcon } from './icons.ts'
import { Name } from './Name.tsx'

/** The way from the top to what is shown. */
export function Breadcrumb({
  steps,
}: {
  readonly steps: readonly { readonly label: string; readonly onClick: () => void }[]
}) {
  const { t } = useTranslation()
  return (
    <nav className="vd-breadcrumb" aria-label={t('common:breadcrumb')}>
      {steps.map((step, index) => (
        // A cluster may be called as its datacenter is.
        // biome-ignore lint/suspicious/noArrayIndexKey: a step has nothing that tells it from another but its place.
        <Fragment key={index}>
          {index > 0 ? <AngleRightIcon /> : null}
          <button type="button" className="vd-breadcrumb__step" onClick={step.onClick}>
            <Name>{step.label}</Name>
          </button>
        </Fragment>
      ))}
    </nav>
  )
}

/** The head of a page: way, icon, name, status labels, actions. */
export function PageHeader(props: {
  readonly breadcrumb?: ReactNode
  readonly icon: ReactNode
  readonly title: string
  readonly labels?: ReactNode
  readonly actions?: ReactNode
}) {
  return (
    <div className="vd-header">
      {props.breadcrumb}
      <div className="vd-header__line">
        <div className="vd-header__name">
          {props.icon}
          <h1 className="vd-header__title">
            <Name>{props.title}</Name>
          </h1>
          {props.labels}
        </div>
        <div className="vd-header__actions">{props.actions}</div>
      </div>
    </div>
  )
}
