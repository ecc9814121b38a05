import { describe, expect, it } from 'vitest'
import { createI18n } from '../../../src/renderer/i18n/create-i18n.ts'
import { isolateName, showBlanks } from '../../../src/renderer/i18n/isolate-name.ts'

it.each(['web-01', '웹 서버', 'ligne é', '', '10.0.0.1'])('%j stands in a sentence as it is', (name) => {
  expect(isolateName(name)).toBe(name)
})

it('a name from right to left does not reorder the words around it', () => {
  expect(isolateName('שרת-1')).toBe('\u2068שרת-1\u2069')
})

it('a name cannot reach beyond its end', () => {
  expect(isolateName('web\u202e10\u2069')).toBe('\u2068web\ufffd10\ufffd\u2069')
})

it('a text whose names are isolated already stays whole in another', () => {
  const once = isolateName('שרת')
  expect(isolateName(once)).toBe(`\u2068${once}\u2069`)
})

it('all texts isolate the names in them', async () => {
  const { t } = await createI18n('en')
  expect(t('hosts:remove.title', { name: 'שרת' })).toBe('Remove \u2068שרת\u2069?')
  expect(t('hosts:remove.title', { name: '<web> & co' })).toBe('Remove <web> & co?')
})

describe('blanks of a name', () => {
  it.each([
    ['web', 'web'],
    ['web server', 'web server'],
    ['web ', 'web␣'],
    [' web', '␣web'],
    ['web  server', 'web␣␣server'],
    ['web\tserver', 'web␉server'],
    ['  ', '␣␣'],
  ])('%j is shown as %j', (name, shown) => {
    expect(showBlanks(name)).toBe(shown)
    expect(isolateName(name)).toBe(shown)
  })
})
