import { SearchInput, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { VmId } from '../../../shared/domain/index.ts'
import { CopyButton } from '../../components/CopyButton.tsx'
import { EmptyPage } from '../../components/EmptyPage.tsx'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { useCollection } from '../../stores/index.ts'
import { findLines, splitXmlLine } from './xml-lines.ts'

const LINE_HEIGHT = 18

/** The libvirt definition, to read: as it runs, or as it will start next. */
export function VmXml({ vmId }: { readonly vmId: VmId }) {
  const { t } = useTranslation()
  const { entities, status, error } = useCollection('vm.xml', vmId)
  const [chosen, setChosen] = useState<'current' | 'next'>('current')
  const [search, setSearch] = useState('')
  const [hit, setHit] = useState(0)
  const definition = entities.get(chosen) ?? entities.get('current') ?? entities.get('next')
  const lines = useMemo(() => (definition?.xml ?? '').replace(/\n$/, '').split('\n'), [definition])
  const hits = useMemo(() => findLines(lines, search), [lines, search])
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
  })
  const currentHit = hits[hit % Math.max(1, hits.length)]
  useEffect(() => {
    if (currentHit !== undefined) virtualizer.scrollToIndex(currentHit, { align: 'center' })
  }, [currentHit, virtualizer])

  if (error !== null) return <ErrorDetails error={error} />
  if (definition === undefined) {
    return (
      <EmptyPage title={status === 'loading' ? t('common:loading') : t('vms:xml.none')} busy={status === 'loading'} />
    )
  }
  return (
    <div className="vd-xml">
      <div className="vd-toolbar">
        <search
          className="vd-toolbar__search"
          onKeyDown={(event) => {
            // On the buttons beside the field Enter presses them.
            if (event.key === 'Enter' && event.target instanceof HTMLInputElement) setHit(hit + 1)
          }}
        >
          <SearchInput
            aria-label={t('vms:xml.search')}
            placeholder={t('vms:xml.search')}
            value={search}
            onChange={(_event, value) => {
              setSearch(value)
              setHit(0)
            }}
            resetButtonLabel={t('common:clear')}
            onClear={() => setSearch('')}
            nextNavigationButtonAriaLabel={t('vms:xml.nextHit')}
            previousNavigationButtonAriaLabel={t('vms:xml.previousHit')}
            onNextClick={() => setHit(hit + 1)}
            onPreviousClick={() => setHit(hit + hits.length - 1)}
            {...(search === ''
              ? {}
              : { resultsCount: `${hits.length === 0 ? 0 : (hit % hits.length) + 1} / ${hits.length}` })}
          />
        </search>
        {entities.size > 1 ? (
          <ToggleGroup aria-label={t('vms:xml.which')} isCompact>
            {(['current', 'next'] as const).map((which) => (
              <ToggleGroupItem
                key={which}
                text={t(`vms:xml.${which}`)}
                isSelected={definition.id === which}
                onChange={() => setChosen(which)}
              />
            ))}
          </ToggleGroup>
        ) : null}
        <CopyButton text={definition.xml} label={t('vms:xml.copy')} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable text must be reachable by keyboard. */}
      <section className="vd-xml__scroller" ref={scroller} tabIndex={0} aria-label={t('vms:tab.xml')}>
        <div className="vd-xml__lines" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => (
            <div
              key={index}
              className={index === currentHit ? 'vd-xml__line vd-xml__line--hit' : 'vd-xml__line'}
              style={{ top: start }}
            >
              <span className="vd-xml__number" data-line={index + 1} />
              <code>
                {splitXmlLine(lines[index] ?? '').map((part, position) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: parts of a line have no other identity.
                  <span key={position} className={`vd-xml__${part.kind}`}>
                    {part.text}
                  </span>
                ))}
              </code>
            </div>
          ))}
        </div>
      </section>
    </div>
  )
}
