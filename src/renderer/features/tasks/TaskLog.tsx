import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useCollection } from '../../stores/index.ts'

/** What the programs of a task print on its host, as it comes; it follows its end unless somebody has scrolled away from it. */
export function TaskLog({ taskId }: { readonly taskId: string }) {
  const { t } = useTranslation()
  const { entities } = useCollection('task.log', taskId)
  const box = useRef<HTMLPreElement>(null)
  const follows = useRef(true)
  const text = [...entities.values()]
    .sort((left, right) => (left.id < right.id ? -1 : 1))
    .map(({ line }) => line)
    .join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time that something was printed.
  useEffect(() => {
    if (follows.current) box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [text])
  if (text === '') return null
  return (
    <pre
      role="log"
      ref={box}
      className="vd-log"
      aria-label={t('common:task.log')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < 8
      }}
    >
      {text}
    </pre>
  )
}
