import { describe, expect, it } from 'vitest'
import { changeLimits, hasLimits } from '../../../../../src/main/vm/edit/disk-limits.ts'
import { diskLimitsSchema } from '../../../../../src/shared/domain/index.ts'

const xml = `<domain>
  <devices>
    <disk type='file'>
      <target dev='vda'/>
    </disk>
    <disk type='file'>
      <target dev='vdb'/>
      <iotune>
        <total_iops_sec>100</total_iops_sec>
        <total_iops_sec_max>900</total_iops_sec_max>
      </iotune>
    </disk>
  </devices>
</domain>`
const none = diskLimitsSchema.parse({})

describe('limits of a disk', () => {
  it('are set and taken away again byte for byte, and only on that disk', () => {
    const limits = diskLimitsSchema.parse({ readBytesPerSecond: 1_048_576, totalOperationsPerSecond: 500 })
    const limited = changeLimits(xml, 'vda', limits)
    expect(limited).toContain('<read_bytes_sec>1048576</read_bytes_sec>')
    expect(limited).toContain('<total_iops_sec>500</total_iops_sec>')
    expect(hasLimits(limited, 'vda', limits)).toBe(true)
    expect(changeLimits(limited, 'vda', limits)).toBe(limited)
    expect(changeLimits(limited, 'vda', none)).toBe(xml)
  })

  it('take the place of those that were there, with their bursts', () => {
    const hundred = diskLimitsSchema.parse({ totalOperationsPerSecond: 100 })
    expect(hasLimits(xml, 'vdb', hundred)).toBe(false)
    const limited = changeLimits(xml, 'vdb', hundred)
    expect(limited).not.toContain('_max')
    expect(hasLimits(limited, 'vdb', hundred)).toBe(true)
  })

  it('are what libvirt writes, zeros among them', () => {
    const zero = xml.replace('<total_iops_sec>100', '<total_iops_sec>0').replace('>900<', '>0<')
    expect(hasLimits(zero, 'vdb', none)).toBe(true)
    expect(changeLimits(xml, 'vdz', none)).toBe(xml)
    expect(hasLimits(xml, 'vdz', none)).toBeNull()
  })

  it.each([
    [{ totalBytesPerSecond: 1, readBytesPerSecond: 1 }, false],
    [{ totalOperationsPerSecond: 1, writeOperationsPerSecond: 1 }, false],
    [{ totalBytesPerSecond: 1, readOperationsPerSecond: 1 }, true],
    [{ totalBytesPerSecond: 0 }, false],
    [{}, true],
  ])('may be %j: %s', (limits, isRight) => {
    expect(diskLimitsSchema.safeParse(limits).success).toBe(isRight)
  })
})
