//go:build browser

package browser

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pangea/lab/stack/stacktest"
	"pangea/region/regiontest"
	"pangea/region/topology"
)

const images = "../../../docs/images/"

// lag is the expression for the lag of one way of the data, as the table of links shows
// it, in seconds.
func lag(from, to string) string {
	return fmt.Sprintf(`parseFloat([...document.querySelectorAll('#links tr')].find(r => r.cells[0].innerText === '%s → %s').querySelector('[data-label=Lag]').innerText)`, from, to)
}

// TestConsole_ShowsACutAndItsHeal is the demonstration: somebody opens the console under
// load, cuts us from eu with a click, sees the lag climb and the sides differ, heals it
// with another, and sees both end.
func TestConsole_ShowsACutAndItsHeal(t *testing.T) {
	s := world(t)
	stopLoad := load(t, s)
	defer stopLoad()
	p := open(t, "http://"+s.Topology().Regions[0].Router+"/console")
	p.look(1440, 900, "light")
	p.until("three regions serve", `document.querySelectorAll('.card[data-state=ready]').length === 3`, 20*time.Second)
	p.until("writes are counted in every region", `[...document.querySelectorAll('.card tbody td:nth-child(2)')].every(e => parseFloat(e.innerText) > 5)`, 20*time.Second)
	p.until("the charts are drawn", `document.querySelectorAll('#charts canvas').length === 6`, 5*time.Second)
	p.until("there is something to see in them", `performance.now() > 25000`, time.Minute)
	p.accessible()
	p.picture(images + "console.png")

	p.click(`[data-fault="partition us eu"]`)
	p.until("both ways are cut", `document.querySelectorAll('.way[data-state=cut]').length === 2`, 10*time.Second)
	p.until("the lag climbs to 10 s on both ways", lag("us", "eu")+` > 10 && `+lag("eu", "us")+` > 10`, 30*time.Second)
	p.until("the cut is told", `[['us and eu cannot reach each other'], ["us's data does not reach eu", "eu's data does not reach us"]].some(all => all.every(what => document.querySelector('#events ol').innerText.includes(what)))`, time.Second)
	p.until("the digests differ", `document.querySelectorAll('#agreement .differs').length > 0`, 10*time.Second)
	p.accessible()
	p.picture(images + "console-partition.png")

	p.click(`[data-fault="heal us eu"]`)
	p.until("no way is cut", `document.querySelectorAll('.way[data-state=cut]').length === 0`, 10*time.Second)
	p.until("the lag falls below 1 s on both ways", lag("us", "eu")+` < 1 && `+lag("eu", "us")+` < 1`, 30*time.Second)
	p.until("what the cut cost is listed", `document.querySelectorAll('#conflicts tbody tr').length > 0`, 10*time.Second)
	stopLoad()
	p.until("vectors and digests agree", `document.querySelector('[data-verdict]').dataset.verdict === 'equal' && document.querySelectorAll('#agreement .differs').length === 0`, 30*time.Second)
	p.picture(images + "console-healed.png")
	p.quiet()
}

// The console of a run that lasts for long, `task exp:soak` say, and for how long the test
// is to stay: `task test:browser -- -run LongRun -watch URL -stay 29m -timeout 1h`.
var (
	watch = flag.String("watch", "", "URL of a console to watch; a stack under a short load if empty")
	stay  = flag.Duration("stay", 10*time.Second, "how long to watch it")
)

// TestConsole_ShowsALongRun: a page that stays open shows all that it has seen of the last
// hour, and not only of the last minutes. The picture of a run of somebody else's goes to
// docs/images.
func TestConsole_ShowsALongRun(t *testing.T) {
	url, file := *watch, images+"console-soak.png"
	if url == "" {
		s := world(t)
		defer load(t, s)()
		url, file = "http://"+s.Topology().Regions[0].Router+"/console", filepath.Join(t.ArtifactDir(), "long.png")
	}
	p := open(t, url)
	p.look(1440, 900, "light")
	p.until("the page has seen enough", fmt.Sprintf(`performance.now() > %d`, stay.Milliseconds()), *stay+time.Minute)
	p.do(chromedp.SendKeys(chromedp.CSS("#span"), "1")) // 1 h
	p.until("an hour is chosen", `document.querySelector('#span').value === '3600'`, 10*time.Second)
	p.until("the charts show all of it", fmt.Sprintf(`document.querySelector('#charts .grid').dataset.seconds > %f`, 0.9*stay.Seconds()), 10*time.Second)
	p.picture(file)
	if shown := evaluate[[]float64](p, hoursOfCharts); !slices.Equal(shown, []float64{300, 3600}) {
		t.Errorf("charts of two hours show %v s, want 300, and 3600 when asked for", shown)
	}
	p.quiet()
}

// hoursOfCharts draws two hours in charts of their own, and tells how much of it they show.
const hoursOfCharts = `(async () => {
	const { Charts } = await import('/console/dist/charts.js')
	const root = document.body.appendChild(document.createElement('div'))
	const span = document.querySelector('#span').cloneNode(true)
	const charts = new Charts({ regions: [] }, root, span)
	for (let s = 0; s <= 7200; s++) charts.show({ at: new Date(1000 * s).toISOString(), regions: [], links: [], events: [] })
	const shown = []
	for (span.value of ['300', '3600']) {
		span.dispatchEvent(new Event('change'))
		shown.push(Number(root.dataset.seconds))
	}
	root.remove()
	return shown
})()`

// TestConsole_KillsAndStartsARegion: its clients are moved, and it is let back in.
func TestConsole_KillsAndStartsARegion(t *testing.T) {
	s := world(t)
	p := open(t, "http://"+s.Topology().Regions[0].Router+"/console")
	p.look(390, 844, "dark", chromedp.EmulateMobile)
	p.until("three regions serve", `document.querySelectorAll('.card[data-state=ready]').length === 3`, 20*time.Second)
	p.until("the page fits a phone", `document.documentElement.scrollWidth <= 390`, time.Second)
	p.accessible()

	p.click(`[data-fault="kill eu"]`)
	p.until("eu is silent", `document.querySelector('[aria-label="Region eu"]').dataset.state === 'silent'`, 10*time.Second)
	p.until("its clients are moved", `document.querySelector('#events ol').innerText.includes('clients near eu go to us')`, 20*time.Second)
	p.picture(filepath.Join(t.ArtifactDir(), "phone.png"))

	p.click(`[data-fault="start eu"]`)
	p.until("eu serves", `document.querySelector('[aria-label="Region eu"]').dataset.state === 'ready'`, 60*time.Second)
	p.until("its clients are back", `document.querySelector('#events ol').innerText.includes('clients near eu go to eu')`, 20*time.Second)
	p.look(1440, 900, "dark")
	p.accessible()
	p.picture(filepath.Join(t.ArtifactDir(), "dark.png"))
	p.quiet()
}

// TestConsole_IsReadableWithoutTheCharts: in a router that was built without Node the
// tables are all there, and a sentence says how to get the rest.
func TestConsole_IsReadableWithoutTheCharts(t *testing.T) {
	root := stacktest.Root(t, "us", "eu")
	top, err := topology.Load(filepath.Join(root, "topology.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	router := exec.CommandContext(t.Context(), withoutCharts(t), "-region", "us", "-topology", filepath.Join(root, "topology.yaml"))
	if err := router.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = router.Wait() }) // it is killed with the test's context
	answers(t, top.Regions[0].Router)
	p := open(t, "http://"+top.Regions[0].Router+"/console")
	p.until("two regions are said to be silent", `document.querySelectorAll('.card[data-state=silent]').length === 2`, 10*time.Second)
	p.until("the links are listed", `document.querySelectorAll('#links tbody tr').length === 2`, time.Second)
	p.until("it says how to get the charts", `document.querySelector('#no-charts').checkVisibility() && !document.querySelector('canvas')`, time.Second)
	p.until("there are no buttons for faults", `[...document.querySelectorAll('button')].filter(b => b.checkVisibility()).length === 1`, time.Second)
	p.accessible()
	p.picture(filepath.Join(t.ArtifactDir(), "without-charts.png"))

	signal(t, router.Process, syscall.SIGSTOP) // its connections stay
	p.until("the router's silence is told", `document.querySelector('#verdict').innerText.startsWith('no news for')`, 20*time.Second)
	signal(t, router.Process, syscall.SIGCONT)
	p.until("it is over", `document.querySelector('#verdict').innerText.includes('us and eu silent')`, 10*time.Second)
	p.quiet()
}

func signal(t *testing.T, p *os.Process, s os.Signal) {
	t.Helper()
	if err := p.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// withoutCharts builds a router as where there is no Node.
func withoutCharts(t *testing.T) string {
	t.Helper()
	dist, err := filepath.Abs("../dist")
	if err != nil {
		t.Fatal(err)
	}
	missing := map[string]string{}
	for _, file := range []string{"charts.js", "charts.css", "land.svg"} {
		missing[filepath.Join(dist, file)] = ""
	}
	overlay, err := json.Marshal(map[string]any{"Replace": missing})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", filepath.Join(dir, "overlay.json"),
		"-o", filepath.Join(dir, "router"), "pangea/cmd/router").CombinedOutput()
	if err != nil {
		t.Fatalf("build router: %v\n%s", err, out)
	}
	return filepath.Join(dir, "router")
}

func answers(t *testing.T, address string) {
	t.Helper()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return err.Error()
		}
		conn.Close()
		return ""
	})
}
