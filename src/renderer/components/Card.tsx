import { type ReactNode, useId } from 'react'

/** A titled box. `aside` stands at the right of the title. */
export function Card(props: {
  readonly title: ReactNode
  readonly aside?: ReactNode
  readonly className?: string
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <section className={`vd-card ${props.className ?? ''}`} aria-labelledby={id}>
      <header className="vd-card__header">
        <h2 id={id} className="vd-card__title">
          {props.title}
        </h2>
        {props.aside === undefined ? null : <div className="vd-card__aside">{props.aside}</div>}
      </header>
      {props.children}
    </section>
  )
}

/** Names and values, one a line. A value of `null` is left out. `isWide`: the names are long ones. */
export function Facts(props: {
  readonly facts: readonly (readonly [name: string, value: ReactNode])[]
  readonly isWide?: boolean
}) {
  const { facts } = props
  return (
    <dl className={props.isWide === true ? 'vd-facts vd-facts--wide' : 'vd-facts'}>
      {facts.map(([name, value]) =>
        value === null ? null : (
          <div key={name} className="vd-facts__line">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}

/** What nobody knows, in the place of a value: a dash, or words for it. */
export function Unknown({ children = '—' }: { readonly children?: ReactNode }) {
  return <span className="vd-subtle">{children}</span>
}
