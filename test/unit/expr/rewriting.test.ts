import { conditions, release } from './condition-table.ts'

// What the published engine computes before the run is never looked at in the run.
conditions('constants decide before the run', release, [
  ['result.missing.name == 1 && false', false],
  ['result.missing.name == 1 || true', true],
  ['true && result.status', 'expected bool, but got string'],
  ['"a" + "b" == "ab"', true],
])

conditions('loops that are joined see the same items together', release, [
  ['all(result.mixed, # != 1) && all(result.mixed, # > 0)', false],
  ['any(result.mixed, # == 1) || any(result.mixed, # > "x")', true],
])

conditions('counting stops when the answer is known', release, [
  ['count(result.mixed, # > 0) > 0', true],
  ['count(result.mixed, # > 0) > 1', 'invalid operation: string > int'],
])

conditions('lookup in a list of strings wants a string', release, [
  ['result.status in ["success", "ok"]', true],
  ['result.code in ["200"]', 'reflect.Value.MapIndex: value of type float64 is not assignable to type string'],
])

conditions('sums of literal lists add from the right', null, [
  ['sum([0.1, 0.2, 0.3 + now().Year() * 0]) == 0.1 + (0.2 + 0.3)', true],
])
