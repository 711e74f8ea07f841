package script

import (
	"fmt"
	"os"
	"strings"
	"time"

	"pangea/chaos"
)

// Scenario is a file that was read and found right.
type Scenario struct {
	Title string // its first comment
	Steps []Step // in the order of their times
}

// Step is one line.
type Step struct {
	At      time.Duration // after the beginning
	Command string        // as written, in single spaces
	act     chaos.Act
	place   string // file:line
}

// Load reads the file at path, for a world to be played in. It changes nothing there, and
// an error names every wrong line.
func Load(path string, w *chaos.World) (*Scenario, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &chaos.Misuse{Text: fmt.Sprintf("read the scenario: %v", err)}
	}
	s, wrong := &Scenario{}, []string{}
	for i, content := range strings.Split(string(text), "\n") {
		place := fmt.Sprintf("%s:%d", path, i+1)
		if err := s.add(w, place, content); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %v", place, err))
		}
	}
	if len(wrong) == 0 && len(s.Steps) == 0 {
		wrong = append(wrong, fmt.Sprintf("%s has no line such as %q", path, example))
	}
	if len(wrong) > 0 {
		return nil, &chaos.Misuse{Text: strings.Join(wrong, "\n")}
	}
	return s, nil
}

const example = "at 30s partition us eu"

// add reads one line of the file.
func (s *Scenario) add(w *chaos.World, place, text string) error {
	command, comment, _ := strings.Cut(text, "#")
	if s.Title == "" && len(s.Steps) == 0 {
		s.Title = strings.TrimSpace(comment)
	}
	words := strings.Fields(command)
	if len(words) == 0 {
		return nil
	}
	if words[0] != "at" || len(words) < 3 {
		return fmt.Errorf("%q is no step: write it as %q", strings.Join(words, " "), example)
	}
	at, err := time.ParseDuration(words[1])
	if err != nil || at < 0 {
		return fmt.Errorf("%q is no time: write it as 30s or 1m30s, from 0s on", words[1])
	}
	if n := len(s.Steps); n > 0 && at < s.Steps[n-1].At {
		return fmt.Errorf("%v comes after %v: write the steps in the order of their times", at, s.Steps[n-1].At)
	}
	act, err := line(w, words[2:])
	if err != nil {
		return err
	}
	s.Steps = append(s.Steps, Step{At: at, Command: strings.Join(words[2:], " "), act: act, place: place})
	return nil
}

// Length is the time of the last step.
func (s *Scenario) Length() time.Duration { return s.Steps[len(s.Steps)-1].At }

// String is the timeline, with what each step makes true.
func (s *Scenario) String() string {
	var b strings.Builder
	if s.Title != "" {
		fmt.Fprintln(&b, s.Title)
	}
	width := 0
	for _, step := range s.Steps {
		width = max(width, len(step.Command))
	}
	for _, step := range s.Steps {
		fmt.Fprintf(&b, "%6s  %-*s  %s\n", step.At, width, step.Command, step.act.Says)
	}
	return b.String()
}
