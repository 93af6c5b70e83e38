package start_test

import (
	"testing"
	"testing/fstest"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/start"
)

func testLambda(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	locked := start.Packages{"awslambdaric": "4.2.2"}
	for _, c := range []struct {
		name, text, handler, command, err string
		packages                          start.Packages
	}{
		{name: "a function of the usual name", text: "def lambda_handler(event, context):\n    pass\n", command: "python -m awslambdaric main.lambda_handler"},
		{name: "a function that is called handler and takes an event", text: "def handler(event, _context):\n    pass\n", command: "python -m awslambdaric main.handler"},
		{name: "an adapter", text: "app = FastAPI()\nadapter: Mangum = mangum.Mangum(app)\n", command: "python -m awslambdaric main.adapter"},
		{name: "what the owner set", text: "", handler: "jobs.nightly.run", command: "python -m awslambdaric jobs.nightly.run"},
		{name: "nothing in a module without one", text: "def handler(request):\n    pass\n"},
		{name: "nothing without the runtime", text: "def lambda_handler(event, context): pass\n", packages: start.Packages{}},
		{name: "an error for two", text: "def lambda_handler(e, c): pass\nx = Mangum(app)\n",
			err: "several functions could be the Lambda handler: main.lambda_handler, main.x\n  where: the app dir\n" +
				"  fix: name one: set BP_LAMBDA_HANDLER=main.lambda_handler or BP_LAMBDA_HANDLER=main.x"},
		{name: "an error for a handler without the runtime", handler: "a.b", packages: start.Packages{},
			err: "BP_LAMBDA_HANDLER is \"a.b\", but awslambdaric, which serves Lambda's runtime interface, is not among the packages\n" +
				"  where: BP_LAMBDA_HANDLER\n  fix: add awslambdaric to the app's dependencies and lock them anew, or remove BP_LAMBDA_HANDLER"},
		{name: "an error for a file name", handler: "main.py:run",
			err: "BP_LAMBDA_HANDLER is \"main.py:run\", which is not a module and a function in it\n  where: BP_LAMBDA_HANDLER\n" +
				"  fix: write them with a dot between, such as BP_LAMBDA_HANDLER=lambda_function.lambda_handler"},
	} {
		it("gives "+c.name, func() {
			packages := c.packages
			if packages == nil {
				packages = locked
			}
			command, note, err := start.Lambda(fstest.MapFS{"main.py": {Data: []byte(c.text)}}, packages, c.handler)
			if c.err != "" {
				Expect(err).To(MatchError(c.err))
				return
			}
			Expect(err).NotTo(HaveOccurred())
			Expect(command).To(Equal(c.command))
			Expect(note == "").To(Equal(command == ""))
		})
	}
}
