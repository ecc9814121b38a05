import { describe, expect, it } from 'vitest'
import { typedParameter, typedParametersToObject } from '../../../../src/main/libvirt/index.ts'

describe('typed parameters', () => {
  it('become an object by name, with 64-bit values exact', () => {
    const values = typedParametersToObject([
      typedParameter('ullong', 'balloon.maximum', 18_446_744_073_709_551_615n),
      typedParameter('llong', 'cpu.time', -9_223_372_036_854_775_808n),
      typedParameter('int', 'state.state', 1),
      typedParameter('boolean', 'iothread.ready', true),
      typedParameter('string', 'net.0.name', 'vnet0'),
    ])
    expect({ ...values }).toEqual({
      'balloon.maximum': 18_446_744_073_709_551_615n,
      'cpu.time': -9_223_372_036_854_775_808n,
      'state.state': 1,
      'iothread.ready': true,
      'net.0.name': 'vnet0',
    })
  })

  it('keep names that JavaScript has a meaning for as plain names', () => {
    const values = typedParametersToObject([typedParameter('string', '__proto__', 'x')])
    expect(Object.keys(values)).toEqual(['__proto__'])
    expect(values.toString).toBeUndefined()
  })
})
