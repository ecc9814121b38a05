import { Label } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { isolateName } from '../../../i18n/index.ts'
import { goTo } from '../../../stores/index.ts'

/** A machine's tags; a click on one shows all machines that have it. */
export function Tags({ tags }: { readonly tags: readonly string[] }) {
  const { t } = useTranslation()
  return (
    <>
      {tags.map((tag) => (
        <Label
          key={tag}
          isCompact
          color="teal"
          onClick={() => goTo({ kind: 'all', tab: 'vms', filter: `tag=${tag}` })}
          title={t('vms:labels.showAll', { tag: isolateName(tag) })}
        >
          {tag}
        </Label>
      ))}
    </>
  )
}
