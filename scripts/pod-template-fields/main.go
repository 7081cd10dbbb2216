// Prints, as JSON, the fields of every Go struct that a PodTemplateSpec can hold, in declaration order: what
// encoding/json needs to know to write one. src/api/pod-template-hash.ts reads the committed output.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// A field is [JSON name, type, omission]; omission is "" (always written), "empty", "zero" or "empty,zero".
type field [3]string

var types = map[string][]field{}

func describe(t reflect.Type) string {
	switch t {
	case reflect.TypeOf(resource.Quantity{}):
		return "quantity"
	case reflect.TypeOf(intstr.IntOrString{}):
		return "intOrString"
	case reflect.TypeOf(metav1.Time{}):
		return "time"
	case reflect.TypeOf(metav1.FieldsV1{}):
		return "raw"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + describe(t.Elem())
	case reflect.Slice:
		return "[]" + describe(t.Elem())
	case reflect.Map:
		return "{}" + describe(t.Elem())
	case reflect.Struct:
		collect(t)
		return "#" + t.Name()
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int32, reflect.Int64, reflect.Int:
		return "int"
	}
	panic(fmt.Sprintf("a type without a rule: %v", t))
}

func collect(t reflect.Type) {
	if _, done := types[t.Name()]; done {
		return
	}
	types[t.Name()] = nil
	types[t.Name()] = fieldsOf(t)
}

func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		structField := t.Field(i)
		name, options, _ := strings.Cut(structField.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if name == "" && structField.Anonymous {
			fields = append(fields, fieldsOf(structField.Type)...)
			continue
		}
		var omission []string
		for _, option := range strings.Split(options, ",") {
			if after, found := strings.CutPrefix(option, "omit"); found {
				omission = append(omission, after)
			}
		}
		sort.Strings(omission)
		fields = append(fields, field{name, describe(structField.Type), strings.Join(omission, ",")})
	}
	return fields
}

func main() {
	collect(reflect.TypeOf(corev1.PodTemplateSpec{}))
	names := make([]string, 0, len(types))
	for name := range types {
		names = append(names, name)
	}
	sort.Strings(names)
	var out bytes.Buffer
	out.WriteString("{\n")
	for i, name := range names {
		encoded, err := json.Marshal(types[name])
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&out, "  %q: %s", name, encoded)
		if i < len(names)-1 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
	}
	out.WriteString("}\n")
	os.Stdout.Write(out.Bytes())
}
