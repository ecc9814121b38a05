import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import type { ReactNode } from 'react'
import { Unknown } from './Card.tsx'

/** A short table inside a card: nothing in it is chosen or sorted. In a card that is too narrow for it, it scrolls sideways. */
export function PlainTable(props: {
  readonly label: string
  readonly heads: readonly string[]
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[]
}) {
  const { label, heads, rows } = props
  if (rows.length === 0) {
    return (
      <p className="vd-card__text">
        <Unknown />
      </p>
    )
  }
  return (
    <div className="vd-plain-table">
      <Table aria-label={label} variant="compact" borders={false} className="vd-table" gridBreakPoint="">
        <Thead>
          <Tr>
            {heads.map((head) => (
              <Th key={head}>{head}</Th>
            ))}
          </Tr>
        </Thead>
        <Tbody>
          {rows.map(({ key, cells }) => (
            <Tr key={key}>
              {heads.map((head, index) => (
                <Td key={head}>{cells[index]}</Td>
              ))}
            </Tr>
          ))}
        </Tbody>
      </Table>
    </div>
  )
}
