package results

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// page is the record for a reader.
func (r *Record) page() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# %s\n\n%s\n", r.Title, r.About)
	if len(r.Claims) > 0 {
		fmt.Fprintf(&out, "\n| claim | found | |\n|---|---|---|\n")
	}
	for _, c := range r.Claims {
		fmt.Fprintf(&out, "| %s | %s | %s |\n", c.Text, c.Found, c.verdict())
	}
	if len(r.Charts) > 0 {
		fmt.Fprintf(&out, "\n![%s](%s.svg)\n", r.Title, r.Name)
	}
	for _, t := range r.Tables {
		fmt.Fprintf(&out, "\n%s\n", strings.TrimSpace(t.Caption+"\n\n"+t.Markdown()))
	}
	fmt.Fprintf(&out, "\n## How it was made\n\n```\n%s\n```\n\n", r.Command)
	for _, line := range r.made() {
		fmt.Fprintf(&out, "- %s\n", line)
	}
	fmt.Fprintf(&out, "- all figures: [%s.json](%s.json)\n", r.Name, r.Name)
	return out.Bytes()
}

// Print writes the record for a person at a terminal.
func (r *Record) Print(out io.Writer) {
	for _, t := range r.Tables {
		t.Print(out)
	}
	for _, c := range r.Claims {
		fmt.Fprintf(out, "%s: %s (%s)\n", c.verdict(), c.Text, c.Found)
	}
	fmt.Fprintf(out, "%s; %s\n", r.Command, strings.Join(r.made(), "; "))
}

func (c Claim) verdict() string {
	if c.Held {
		return "held"
	}
	return "BROKEN"
}

// made is what the figures must be read with.
func (r *Record) made() []string {
	var distances []string
	for _, pair := range slices.Sorted(maps.Keys(r.Network.RTT)) {
		distances = append(distances, fmt.Sprintf("%s %v", pair, r.Network.RTT[pair]))
	}
	return []string{
		fmt.Sprintf("seed %d, commit %s", r.Seed, r.Machine.Commit),
		fmt.Sprintf("started %s, took %v", r.Started.UTC().Format(time.RFC3339), r.Elapsed.Round(time.Second)),
		fmt.Sprintf("%d cores, %s, %s", r.Machine.Cores, r.Machine.Platform, r.Machine.Go),
		fmt.Sprintf("round trips %s, jitter ±%v", strings.Join(distances, ", "), r.Network.Jitter),
		fmt.Sprintf("%s writes acknowledged", grouped(r.Writes)),
	}
}

// grouped has a comma between each three digits.
func grouped(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
