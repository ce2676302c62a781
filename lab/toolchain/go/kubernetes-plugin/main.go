// The Pulumi kubernetes plugin, built from its published module for networks that reach the Go module proxy only.
package main

import (
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

// read loads a document of the plugin that lies beside the executable: the module publishes both documents but not the
// generated copies that its own main embeds.
func read(name string) []byte {
	executable, err := os.Executable()
	if err != nil {
		panic(err)
	}
	content, err := os.ReadFile(filepath.Join(filepath.Dir(executable), name))
	if err != nil {
		panic(err)
	}
	return content
}

func main() {
	provider.Serve("kubernetes", version.Version, read("schema.json"), read("terraform-mapping.json"))
}
