package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"pangea/region/loopback"
)

// request is one press of a button.
type request struct {
	Verb  string   `json:"verb"`
	Words []string `json:"words"`
}

// verbs are those of chaos that the page may use. Destroy is not among them: nothing here
// deletes data.
var verbs = []string{"partition", "heal", "latency", "kill", "start"}

const (
	maxFaults     = 4       // at once
	maxFaultBytes = 1 << 10 // of a request
	maxWords      = 3
	killAfter     = 10 * time.Second // of SIGINT
	misuse        = 2                // exit code of chaos: the request cannot be meant
)

// guard lets a fault through only if a page of this router, or a program on this machine,
// asks for it.
func guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "cross-origin", "Another site's page asks for a fault. Use the console's own page.")
	}))
	return origin.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback.Host(r.Host) {
			refuse(w, http.StatusForbidden, "foreign-host", "Faults are for this machine: use the console at http://localhost or http://127.0.0.1.")
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// fault does what was asked for, and answers with the sentence that is true afterwards.
func (c *Console) fault(w http.ResponseWriter, r *http.Request) {
	var asked request
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxFaultBytes)).Decode(&asked); err != nil {
		refuse(w, http.StatusBadRequest, "malformed", `Send JSON such as {"verb":"partition","words":["us","eu"]}.`)
		return
	}
	if wrong := asked.wrong(); wrong != "" {
		refuse(w, http.StatusUnprocessableEntity, "impossible", wrong)
		return
	}
	select {
	case c.doing <- struct{}{}:
		defer func() { <-c.doing }()
	default:
		refuse(w, http.StatusServiceUnavailable, "busy", fmt.Sprintf("%d faults are being done: wait for one of them.", maxFaults))
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(c.cfg.FaultTimeout + killAfter + sendTimeout)) // a writer without deadlines needs none
	said, status := c.do(r.Context(), asked)
	if status != http.StatusOK {
		refuse(w, status, "not-done", said)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"said": said}) // who is gone needs no answer
}

// wrong is what is wrong with a request's form. What its words mean, chaos knows.
func (r request) wrong() string {
	if !slices.Contains(verbs, r.Verb) {
		return fmt.Sprintf("Unknown verb %.20q: the console's verbs are %s.", r.Verb, strings.Join(verbs, ", "))
	}
	if len(r.Words) > maxWords || slices.ContainsFunc(r.Words, func(w string) bool { return strings.HasPrefix(w, "-") }) {
		return fmt.Sprintf("Name at most %d regions or durations, and no flags.", maxWords)
	}
	return ""
}

// do runs chaos. It goes on if the browser does not wait: a fault that is broken off may
// hold in part.
func (c *Console) do(ctx context.Context, r request) (said string, status int) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.cfg.FaultTimeout)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, c.cfg.Chaos, append([]string{"-root", c.cfg.Root, r.Verb, "--"}, r.Words...)...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(syscall.SIGINT) }, killAfter
	err := cmd.Run()
	exit := (*exec.ExitError)(nil)
	switch {
	case err == nil:
		return lastLine(stdout.String()), http.StatusOK
	case ctx.Err() != nil:
		return fmt.Sprintf("%s was not done within %v and was stopped: it may hold in part. Look at the links and the regions, and repeat it.",
			strings.Join(append([]string{r.Verb}, r.Words...), " "), c.cfg.FaultTimeout), http.StatusGatewayTimeout
	case errors.As(err, &exit) && exit.ExitCode() == misuse:
		return lastLine(stderr.String()), http.StatusUnprocessableEntity
	case errors.As(err, &exit):
		return lastLine(stderr.String()), http.StatusBadGateway
	}
	return fmt.Sprintf("%s does not run: %v. Run `go tool task build`.", c.cfg.Chaos, err), http.StatusBadGateway
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimPrefix(lines[len(lines)-1], "chaos: ")
}
