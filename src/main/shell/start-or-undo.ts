/**
 * Runs `start`, which defers onto `started` how to stop each thing it has started. When it fails, what had been started by
 * then is stopped, last first, and the failure is thrown on.
 * (`await using` would say the same; the reader of dependency-cruiser does not know it yet.)
 */
export async function startOrUndo<T>(start: (started: AsyncDisposableStack) => Promise<T>): Promise<T> {
  const started = new AsyncDisposableStack()
  try {
    return await start(started)
  } catch (error) {
    await started.disposeAsync()
    throw error
  }
}
