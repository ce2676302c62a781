// The program in every pod of the lab: as `pause` it holds a pod's namespaces open, as `web` it is the stand-in for a
// real application and tells whoever asks which pod the request reached and what it looked like on arrival.
package main

import (
	"fmt"
	"os"
)

func main() {
	program := ""
	if len(os.Args) > 1 {
		program = os.Args[1]
	}
	switch program {
	case "pause":
		pause()
	case "web":
		if err := web(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		fmt.Fprintf(os.Stderr, "unknown program %q: start this as `pods pause` or `pods web`\n", program)
		os.Exit(2)
	}
}
