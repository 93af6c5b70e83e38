package pep508_test

import (
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/golden"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// testOracle compares with the answers of PyPI's packaging; testdata/README.md says how they were made.
func testOracle(t *testing.T, context spec.G, it spec.S) {
	Expect := NewWithT(t).Expect

	it("evaluates markers", func() {
		markers := golden.Rows(t, "markers")
		environments, valid := readEnvironments(t, markers[0]), 0
		for _, row := range markers[1:] {
			text := golden.Decode[string](t, row[0])
			marker, err := pep508.ParseMarker(text)
			Expect(err == nil).To(Equal(len(row) > 1), "%q: %v", text, err)
			if err != nil {
				continue
			}
			valid++
			want := golden.Decode[string](t, row[1])
			Expect(bits(marker, environments, want)).To(Equal(want), text)

			again, err := pep508.ParseMarker(marker.String())
			Expect(err).NotTo(HaveOccurred())
			Expect(again.String()).To(Equal(marker.String()))
			Expect(bits(again, environments, want)).To(Equal(want), text)
		}
		Expect(valid).To(BeNumerically(">", 2500))
	})

	it("reads requirements", func() {
		environments, valid := readEnvironments(t, golden.Rows(t, "markers")[0]), 0
		for _, row := range golden.Rows(t, "requirements") {
			text := golden.Decode[string](t, row[0])
			requirement, err := pep508.Parse(text)
			Expect(err == nil).To(Equal(len(row) > 1), "%q: %v", text, err)
			if err != nil {
				continue
			}
			valid++
			Expect(requirement.Raw).To(Equal(golden.Decode[string](t, row[1])), text)
			Expect(requirement.Name).To(Equal(golden.Decode[pep508.Name](t, row[2])), text)
			Expect(requirement.Extras).To(Equal(names(golden.Decode[any](t, row[3]))), text)
			specifiers, err := pep440.ParseSpecifiers(golden.Decode[string](t, row[4]))
			Expect(err).NotTo(HaveOccurred())
			Expect(requirement.Specifiers.Equal(specifiers)).To(BeTrue(), text)
			Expect(requirement.URL).To(Equal(golden.Decode[string](t, row[5])), text)
			want := golden.Decode[string](t, row[6])
			Expect(requirement.Marker.IsZero()).To(Equal(want == ""), text)
			if want != "" {
				Expect(bits(requirement.Marker, environments, want)).To(Equal(want), text)
			}

			again, err := pep508.Parse(requirement.String())
			Expect(err).NotTo(HaveOccurred())
			Expect(again).To(Equal(requirement), text)
		}
		Expect(valid).To(BeNumerically(">", 2000))
	})
}

// bits leaves open what packaging has no answer for.
func bits(marker pep508.Marker, environments []pep508.Environment, want string) string {
	var answers []byte
	for i, environment := range environments {
		answer := byte('0')
		if want[i] == '?' {
			answer = '?'
		} else if marker.Evaluate(environment) {
			answer = '1'
		}
		answers = append(answers, answer)
	}
	return string(answers)
}

func readEnvironments(t *testing.T, row golden.Row) []pep508.Environment {
	t.Helper()
	var environments []pep508.Environment
	for _, text := range row {
		values := golden.Decode[map[string]any](t, text)
		environments = append(environments, pep508.Environment{
			ImplementationName:           values["implementation_name"].(string),
			ImplementationVersion:        values["implementation_version"].(string),
			OSName:                       values["os_name"].(string),
			PlatformMachine:              values["platform_machine"].(string),
			PlatformRelease:              values["platform_release"].(string),
			PlatformSystem:               values["platform_system"].(string),
			PlatformVersion:              values["platform_version"].(string),
			PythonFullVersion:            values["python_full_version"].(string),
			PlatformPythonImplementation: values["platform_python_implementation"].(string),
			PythonVersion:                values["python_version"].(string),
			SysPlatform:                  values["sys_platform"].(string),
			Extras:                       names(values["extras"]),
			DependencyGroups:             names(values["dependency_groups"]),
		})
	}
	return environments
}

func names(list any) []pep508.Name {
	var all []pep508.Name
	for _, name := range list.([]any) {
		all = append(all, pep508.Name(name.(string)))
	}
	return all
}
