package dashboards

import (
	"maps"
	"regexp"
	"slices"
)

var ownMetric = regexp.MustCompile(`\bpangea_\w+`)

// Metrics lists the names of Pangea's metrics that boards and alerts ask for, sorted.
func Metrics() ([]string, error) {
	boards, err := Boards()
	if err != nil {
		return nil, err
	}
	alerts, err := Alerts()
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	add := func(expr string) {
		for _, name := range ownMetric.FindAllString(expr, -1) {
			names[name] = true
		}
	}
	for _, b := range boards {
		for _, v := range b.Templating.List {
			add(v.Query)
		}
		for _, a := range b.Annotations.List {
			add(a.Target.Expr)
		}
		for _, p := range b.Panels {
			for _, t := range p.Targets {
				add(t.Expr)
			}
		}
	}
	for _, a := range alerts {
		add(a.Expr)
	}
	return slices.Sorted(maps.Keys(names)), nil
}
