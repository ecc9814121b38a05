import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

/** How long the page's first work may put off loading what is not shown yet, milliseconds. */
const IDLE_LIMIT_MS = 5_000

/**
 * A component whose code is not part of what the page needs to start. It is loaded when the page has nothing else to do,
 * so that it is there, also without an engine, when somebody asks for it.
 */
export function lazyComponent<Props>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  let loading: Promise<{ default: ComponentType<Props> }> | undefined
  const loadOnce = (): Promise<{ default: ComponentType<Props> }> => {
    loading ??= load().then((component) => ({ default: component }))
    return loading
  }
  const forget = (): void => {
    loading = undefined
  }
  // Safari has no such callback: there it is loaded when it is asked for.
  globalThis.requestIdleCallback?.(() => void loadOnce().catch(forget), { timeout: IDLE_LIMIT_MS })
  return lazy(loadOnce)
}
