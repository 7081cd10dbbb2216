import { cloudWatchResults } from '../../../src/expr/cloudwatch-value.ts'
import { int64Type, uint64Type } from '../../../src/expr/go-type.ts'
import { floatVector, fromJson, Scalar, scalar } from '../../../src/expr/value.ts'
import { conditions, release } from './condition-table.ts'

const vector = floatVector([0.95, 0.99])

conditions('a Prometheus vector is a list of floats before it runs', vector, [
  ['result[0] >= 0.95', true],
  ['result >= 0.95', 'invalid operation: >= (mismatched types []float64 and float64)'],
  ['result.value > 0', 'array elements can only be selected using an integer (got string)'],
  ['result[0.0] > 0', 'array elements can only be selected using an integer (got float64)'],
  ['all(result, # > "a")', 'invalid operation: > (mismatched types float64 and string)'],
  ['filter(result, #)', 'predicate should return boolean (got float64)'],
  ['result[2] > 0', 'index out of range: 2 (array length is 2)'],
])

conditions('a scalar', scalar(5), [
  ['result % 2 == 1', 'invalid operation: % (mismatched types float64 and int)'],
  ['asInt(result) % 2 == 1', true],
  ['result / 2 == 2.5', true],
  ['result && true', 'invalid operation: && (mismatched types float64 and bool)'],
  ['result ? true : false', 'non-bool expression (type float64) used as condition'],
  ['result(1)', 'float64 is not callable'],
  ['false && unknown', 'unknown name unknown'],
])

conditions('JSON is checked while it runs', release, [
  ['result.code > "1"', 'invalid operation: float64 > string'],
  ['result.nothing > 1', 'invalid operation: <nil> > int'],
  ['result.missing.name == 1', 'cannot fetch name from <nil>'],
  ['result.missing?.name == nil', true],
  ['result.pods.name == "a"', 'invalid operation: int(string)'],
  ['result[0] == 1', 'cannot use int to get an element from map[string]interface {}'],
  ['!result.code', 'interface conversion: interface {} is float64, not bool'],
  ['result.code matches "2"', 'interface conversion: interface {} is float64, not []uint8'],
  ['result.status', 'expected bool, but got string'],
  ['result.ok && result.status', 'expected bool, but got string'],
])

conditions('nil', null, [
  ['result > 1', 'invalid operation: > (mismatched types unknown and int)'],
  ['result.a == 1', 'type nil has no field a'],
  ['result == nil', true],
  ['default(result, 3) == 3', true],
  ['isNil(result)', true],
  ['len(result) == 0', 'invalid argument for len (type %!s(<nil>))'],
])

conditions('integers of 64 bits wrap', new Scalar(int64Type, 2n ** 63n - 1n), [
  ['result + 1 < 0', true],
  ['result == 9223372036854775807', true],
  ['type(result) == "int"', true],
])

conditions('unsigned integers', new Scalar(uint64Type, 7n), [
  ['result - 8 < 0', true],
  ['type(result) == "uint"', true],
])

const cloudWatch = cloudWatchResults([{ Id: 'rate', StatusCode: 'Complete', Values: [0.1] }, { Id: 'empty' }])

conditions('CloudWatch results are structs', cloudWatch, [
  ['result[0].Values[0] < 1', true],
  ['result[0].Id == "rate"', true],
  ['result[0].Label == nil', true],
  ['len(result[1].Values) == 0', true],
  ['result[0].values[0] < 1', 'type types.MetricDataResult has no field values'],
  ['result[0].StatusCode == "Complete"', 'invalid operation: == (mismatched types types.StatusCode and string)'],
  ['string(result[0].StatusCode) == "Complete"', true],
])

conditions('functions of conditions', fromJson('12'), [
  ['asInt(result) == 12', true],
  ['asFloat(result) == 12', true],
  ['asInt("1.5") == 1', 'strconv.ParseInt: parsing "1.5": invalid syntax'],
  ['asInt(nil) == 1', 'asInt() not supported on <nil> <nil>'],
  ['isNaN(1 + 2)', false],
  ['isNaN(0/0) && isInf(-1/0)', true],
  ['isNaN("x")', 'cannot use string as argument (type float64) to call isNaN '],
  ['isNaN()', 'not enough arguments to call isNaN'],
  ['$env.result == "12" && len($env) == 7', true],
  ['$env.other == 1', 'unknown name other'],
])
