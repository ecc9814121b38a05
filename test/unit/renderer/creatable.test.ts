import { describe, expect, test } from 'vitest'
import { decideCreatable } from '../../../src/renderer/kinds/use-creations.ts'
import { AppError, toWireError } from '../../../src/shared/errors/index.ts'

const refused = toWireError(new AppError('storage.no-up-host', { datacenterName: 'Seoul' }))
const other = toWireError(new AppError('storage.no-up-host', { datacenterName: 'Busan' }))

describe('whether one of a kind may be made', () => {
  test.each([
    ['yes where nobody is asked', [], null],
    ['yes where one place takes it', [refused, null], null],
    ['yes before the others have answered', [undefined, null], null],
    ['not known while one that may take it has not answered', [refused, undefined], undefined],
    ['no where none takes it, as the first says', [refused, other], refused],
  ] as const)('%s', (_name, verdicts, expected) => {
    expect(decideCreatable([...verdicts])).toBe(expected)
  })
})
