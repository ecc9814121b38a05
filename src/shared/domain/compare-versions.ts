/** Orders dotted versions by their numbers. Pure. */
export function compareVersions(left: string, right: string): number {
  const numbers = (version: string) => version.split('.').map(Number)
  const [a, b] = [numbers(left), numbers(right)]
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
