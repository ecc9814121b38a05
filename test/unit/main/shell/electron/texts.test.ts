import { describe, expect, it } from 'vitest'
import { shellTexts } from '../../../../../src/main/shell/electron/texts.ts'
import { AppError, toWireError } from '../../../../../src/shared/errors/index.ts'

const error = toWireError(new AppError('inventory.in-use', { path: '/data', pid: 4711 }))

describe('what the shell says outside of any page', () => {
  it.each([
    ['ko-KR', /[가-힣]/],
    ['en-US', /^[^가-힣]+$/],
    ['de-DE', /^[^가-힣]+$/],
  ])('is in the language of the system, errors included: %s', (locale, letters) => {
    const texts = shellTexts(locale)
    expect(texts.startFailed).toMatch(letters)
    expect(texts.describeError(error)).toMatch(letters)
    expect(texts.describeError(error)).toContain('4711')
  })
})
