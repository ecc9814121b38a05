import type { ReactNode, Ref } from 'react'
import { useTranslation } from 'react-i18next'
import type { Vm } from '../../../shared/domain/index.ts'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { vmTone } from '../vms/index.ts'
import type { LinkState } from './decide-link.ts'
import { LinkStatus } from './LinkStatus.tsx'
import { TOOLBAR_KEYS } from './use-toolbar-key.ts'

interface ConsoleToolbarProps {
  readonly vm: Vm | undefined
  readonly vmName: string
  readonly hostName: string | null
  readonly state: LinkState
  readonly children: ReactNode
  readonly ref: Ref<HTMLDivElement>
}

/** The bar above the screen: which machine, what can be done, and how the connection stands. Arrow keys move in it. */
export function ConsoleToolbar({ vm, vmName, hostName, state, children, ref }: ConsoleToolbarProps) {
  const { t } = useTranslation()
  return (
    <header className="vd-console__bar">
      <h1 className="vd-console__name">
        {vm === undefined ? null : <StatusMark tone={vmTone(vm)} label={t(`vms:status.${vm.status}`)} />}
        <Name>{vmName}</Name>
        {hostName === null ? null : <span className="vd-console__host">{t('console:onHost', { host: hostName })}</span>}
      </h1>
      <div
        ref={ref}
        className="vd-console__tools"
        role="toolbar"
        tabIndex={-1}
        aria-label={t('console:toolbar.label')}
        title={t('console:toolbar.keysHint', { keys: TOOLBAR_KEYS })}
        aria-keyshortcuts="Control+Alt+Home"
        onKeyDown={(event) => moveFocus(event.currentTarget, event)}
      >
        {children}
      </div>
      <LinkStatus state={state} />
    </header>
  )
}

/** Left and right go from button to button; Tab leaves the bar as usual. */
function moveFocus(bar: HTMLElement, event: React.KeyboardEvent): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
  if (step === 0) return
  const buttons = [...bar.querySelectorAll<Element>('button')]
  const focused = document.activeElement
  const index = focused === null ? -1 : buttons.indexOf(focused)
  if (index === -1) return
  event.preventDefault()
  const next = buttons[(index + step + buttons.length) % buttons.length]
  if (next instanceof HTMLElement) next.focus()
}
