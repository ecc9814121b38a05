import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

/** How long the page's work may put off loading what is not shown yet, milliseconds. */
const IDLE_LIMIT_MS = 5_000

const loaders: (() => void)[] = []

/**
 * A component whose code is not part of what the page needs to start. It is loaded when it is first shown, or with
 * `loadLazyComponents`.
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
  loaders.push(() => void loadOnce().catch(forget))
  return lazy(loadOnce)
}

/**
 * Loads every lazy component when the page has nothing else to do, so that they are there, also without an engine, when
 * somebody asks for them. For a page that can be used: before that it would only compete with what a person waits for.
 */
export function loadLazyComponents(): void {
  const loadAll = () => {
    for (const load of loaders.splice(0)) load()
  }
  // Safari has no such callback: there they are loaded when they are asked for.
  globalThis.requestIdleCallback?.(loadAll, { timeout: IDLE_LIMIT_MS })
}
