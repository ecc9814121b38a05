import type { TopicName } from '../../shared/contract/index.ts'
import type { Collections } from './collections.ts'

/** Resolves when the engine has answered for all these collections, which somebody holds, or after `limitMs`. */
export function waitForFirstAnswers(
  collections: Collections,
  topics: readonly TopicName[],
  limitMs: number,
): Promise<void> {
  const stores = topics.map((topic) => collections.store(topic))
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(limit)
      for (const stop of stops) stop()
      resolve()
    }
    const check = () => {
      if (stores.every((store) => store.getState().status !== 'loading')) finish()
    }
    const stops = stores.map((store) => store.subscribe(check))
    const limit = setTimeout(finish, limitMs)
    check()
  })
}
