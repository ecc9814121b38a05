import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Template } from '../../../shared/domain/index.ts'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { CellLink, type Column } from '../../components/table/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { showEntity } from '../../stores/index.ts'
import { describeTemplate, describeVersion, templateTone } from './template-words.ts'

/** The columns of lists of templates: a line a version. */
export function useTemplateColumns(): readonly Column<Template>[] {
  const { t } = useTranslation()
  const format = useFormat()
  return useMemo(() => buildTemplateColumns(t, format), [t, format])
}

function buildTemplateColumns(t: TFunction, format: ReturnType<typeof useFormat>): readonly Column<Template>[] {
  return [
    {
      id: 'name',
      title: t('templates:label.name'),
      width: '24%',
      sortBy: ({ name }) => name,
      render: (template) => (
        <CellLink onClick={() => showEntity('template', template.id)}>
          <Name>{template.name}</Name>
        </CellLink>
      ),
    },
    {
      id: 'version',
      title: t('templates:label.version'),
      width: '18%',
      sortBy: ({ version }) => version,
      render: (template) =>
        template.isLatest ? t('templates:latest', { version: describeVersion(template) }) : describeVersion(template),
    },
    {
      id: 'status',
      title: t('templates:label.status'),
      width: '14%',
      sortBy: ({ status }) => status,
      render: (template) => (
        <>
          <StatusMark tone={templateTone(template)} /> {describeTemplate(template, t)}
        </>
      ),
    },
    {
      id: 'size',
      title: t('templates:label.size'),
      width: '12%',
      sortBy: ({ allocatedBytes }) => allocatedBytes ?? -1,
      render: ({ allocatedBytes }) => (allocatedBytes === null ? '—' : format.bytes(allocatedBytes)),
    },
    {
      id: 'vms',
      title: t('templates:label.vms'),
      width: '12%',
      sortBy: ({ usedBy }) => usedBy.length,
      render: ({ usedBy }) => format.number(usedBy.length),
    },
    {
      id: 'description',
      title: t('templates:label.description'),
      sortBy: ({ description }) => description,
      render: ({ description }) => <Name>{description}</Name>,
    },
  ]
}
