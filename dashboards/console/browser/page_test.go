//go:build browser

package browser

import (
	"context"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"pangea/lab/apt"
)

// page is a tab of Chromium that shows a console.
type page struct {
	t    *testing.T
	ctx  context.Context
	said iter.Seq2[chromedp.ConsoleMessage, error]
}

// open starts Chromium and loads url.
func open(t *testing.T, url string) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(context.WithoutCancel(t.Context()), chromedp.WithAllocatorOptions(
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir())))
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Errorf("end Chromium: %v", err)
		}
		cancel()
	})
	p := &page{t: t, ctx: ctx, said: chromedp.Console(ctx)}
	p.do(chromedp.Navigate(url))
	return p
}

func chromium(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if err := apt.Install(t.Context(), "chromium"); err != nil {
			t.Fatal(err)
		}
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// patience bounds one step.
const patience = time.Minute

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// evaluate returns what an expression of the page's is, or what it promises.
func evaluate[T any](p *page, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatal(err)
	}
	return value
}

func (p *page) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// until polls an expression of the page's until it is true.
func (p *page) until(what, expression string, limit time.Duration) {
	p.t.Helper()
	_, err := chromedp.Run(p.ctx, chromedp.Poll[bool](expression,
		chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(limit)))
	if err != nil {
		p.picture(filepath.Join(p.t.ArtifactDir(), "never.png"))
		p.t.Fatalf("never: %s (%v); the page shows:\n%s", what, err, evaluate[string](p, "document.body.innerText"))
	}
}

// look sets how the page is looked at.
func (p *page) look(width, height int64, scheme string, options ...chromedp.EmulateViewportOption) {
	p.t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}
	p.do(chromedp.EmulateViewport(width, height, options...), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, media)
		return err
	}))
}

// picture writes the whole page to a file.
func (p *page) picture(file string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	full, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatal(err)
	}
	png, err := small(full)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// accessible fails the test for each serious violation that axe finds.
func (p *page) accessible() {
	p.t.Helper()
	axe, err := os.ReadFile("../charts/node_modules/axe-core/axe.min.js")
	if err != nil {
		p.t.Fatalf("axe is not installed, `go tool task test:browser` does so: %v", err)
	}
	evaluate[bool](p, string(axe)+"; true")
	found := evaluate[[]string](p, `axe.run().then(r => r.violations
		.filter(v => v.impact === 'serious' || v.impact === 'critical')
		.flatMap(v => v.nodes.map(n => v.id + ': ' + n.html.slice(0, 160) + ' ' + n.failureSummary)))`)
	if len(found) > 0 {
		p.t.Errorf("axe finds:\n%s", strings.Join(found, "\n"))
	}
}

// theEnd is what quiet has the page say last, so that all before it has been read.
const theEnd = "the end"

// quiet fails the test for what a developer would see in red or yellow: errors,
// exceptions, and what the Content-Security-Policy has blocked.
func (p *page) quiet() {
	p.t.Helper()
	evaluate[bool](p, `console.log("`+theEnd+`"); true`)
	for m, err := range p.said {
		if err != nil {
			p.t.Fatal(err)
		}
		switch {
		case m.Text == theEnd:
			return
		case m.Type == chromedp.ConsoleError, m.Type == chromedp.ConsoleWarning, m.IsException():
			p.t.Errorf("the browser says: %s", m)
		}
	}
}
