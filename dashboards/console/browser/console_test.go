//go:build browser

package browser

import (
	"fmt"
	"testing"
	"time"
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
	p.until("a minute has been watched", `document.querySelector('#charts').querySelectorAll('canvas').length && performance.now() > 25000`, time.Minute)
	p.accessible()
	p.picture(images + "console.png")

	p.click(`[data-fault="partition us eu"]`)
	p.until("both ways are cut", `document.querySelectorAll('.way[data-state=cut]').length === 2`, 10*time.Second)
	p.until("the lag climbs to 10 s on both ways", lag("us", "eu")+` > 10 && `+lag("eu", "us")+` > 10`, 30*time.Second)
	p.until("the cut is told", `document.querySelector('#events ol').innerText.includes('us and eu cannot reach each other')`, time.Second)
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
