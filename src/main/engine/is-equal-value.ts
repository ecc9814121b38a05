/**
 * True when two values of plain data (what JSON can hold, plus `undefined`) are equal in value. Objects compare by their
 * own enumerable keys; a missing key differs from one that is `undefined`. Never throws; no cycles are expected.
 */
export function isEqualValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) || Array.isArray(right)) {
    return Array.isArray(left) && Array.isArray(right) && areEqualArrays(left, right)
  }
  return areEqualRecords(left as Record<string, unknown>, right as Record<string, unknown>)
}

function areEqualArrays(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false
  for (let index = 0; index < left.length; index++) {
    if (!isEqualValue(left[index], right[index])) return false
  }
  return true
}

function areEqualRecords(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  for (const key of keys) {
    if (!Object.hasOwn(right, key) || !isEqualValue(left[key], right[key])) return false
  }
  return true
}
