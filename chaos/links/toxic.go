package links

import toxiproxy "github.com/Shopify/toxiproxy/v2/client"

// replace removes and adds: toxiproxy's own update races with the connections
// that read the toxic.
func replace(p *toxiproxy.Proxy, t toxiproxy.Toxic) error {
	if err := remove(p, t.Name); err != nil {
		return err
	}
	_, err := p.AddToxic(t.Name, t.Type, t.Stream, t.Toxicity, t.Attributes)
	return err
}

// add leaves a toxic of that name as it is.
func add(p *toxiproxy.Proxy, t toxiproxy.Toxic) error {
	if has(p, t.Name) {
		return nil
	}
	_, err := p.AddToxic(t.Name, t.Type, t.Stream, t.Toxicity, t.Attributes)
	return err
}

func remove(p *toxiproxy.Proxy, name string) error {
	if !has(p, name) {
		return nil
	}
	return p.RemoveToxic(name)
}

// has tells of the toxics p had when it was listed.
func has(p *toxiproxy.Proxy, name string) bool {
	for _, t := range p.ActiveToxics {
		if t.Name == name {
			return true
		}
	}
	return false
}
