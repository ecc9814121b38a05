import type { Template } from '../../../shared/domain/index.ts'
import { CopyIcon } from '../../components/icons.ts'
import { lazyDialog } from '../../components/lazy-dialog.ts'
import type { EntityKind } from '../../kinds/index.ts'
import { EventList } from '../events/index.ts'
import { TEMPLATE_ACTIONS } from './actions.tsx'
import { TEMPLATE_FIELDS } from './fields.ts'
import { TemplateHeader } from './TemplateHeader.tsx'
import { useTemplateColumns } from './template-columns.tsx'
import { describeTemplate, templateTone } from './template-words.ts'

const TemplateSummary = lazyDialog(() => import('./TemplateSummary.tsx').then((module) => module.TemplateSummary))

/** What the page knows of templates. */
export const templateKind: EntityKind<'template'> = {
  name: 'template',
  keywords: ['template', 'templates'],
  rank: 22,
  Icon: CopyIcon,
  toneOf: templateTone,
  statusOf: describeTemplate,
  words: {
    one: (t) => t('templates:all.one'),
    many: (t) => t('templates:all.label'),
    all: (t) => t('templates:all.menu'),
    count: (t, count) => t('templates:all.count', { count }),
    none: (t) => t('templates:all.none'),
    filter: (t) => t('templates:all.filter'),
    selectFirst: (t) => t('templates:all.selectFirst'),
    gone: (t) => ({ title: t('templates:gone.title'), body: t('templates:gone.body') }),
  },
  parents: { compute: ({ datacenterId }) => ({ kind: 'datacenter', id: datacenterId }) },
  holds: [],
  hasNoMenu: true,
  TreeAside: Version,
  Header: TemplateHeader,
  tabs: [
    { id: 'summary', title: (_template, t) => t('hosts:tab.summary'), Content: SummaryTab },
    { id: 'events', title: (_template, t) => t('hosts:tab.events'), Content: EventsTab },
  ],
  actions: TEMPLATE_ACTIONS,
  useColumns: useTemplateColumns,
  refersTo: ['datacenter'],
  fields: TEMPLATE_FIELDS,
}

interface TabProps {
  readonly entity: Template
}

/** Versions of one have the same name. */
function Version({ entity: { version } }: TabProps) {
  return <>{version}</>
}

function SummaryTab({ entity }: TabProps) {
  return <TemplateSummary template={entity} />
}

function EventsTab({ entity }: TabProps) {
  return <EventList subjectIds={[entity.id]} />
}
