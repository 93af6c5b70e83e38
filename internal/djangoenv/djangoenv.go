// Package djangoenv finds the settings module that a Django project's own source puts into the environment: Python source goes in,
// as of manage.py, asgi.py or wsgi.py, a dotted name comes out. Which file counts, and what for, is its callers' business.
package djangoenv

import "regexp"

// set is the variable being given a value or a default, not in a comment; the value is a group if it is one plain string.
var set = regexp.MustCompile(`(?m)^[^#\n]*DJANGO_SETTINGS_MODULE["']\s*(?:,|\]\s*=)\s*(?:["']([\w.]+)["'])?`)

// Settings is the settings module that source names. It is empty where source computes it; found tells that it sets one at all.
func Settings(source []byte) (name string, found bool) {
	for _, match := range set.FindAllSubmatch(source, -1) {
		found = true
		if len(match[1]) > 0 {
			return string(match[1]), true
		}
	}
	return "", found
}
