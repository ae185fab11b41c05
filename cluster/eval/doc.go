// Package eval measures what clustering and classification found against
// labels: the yardsticks of pitboss and the quality gate.
//
// A label file is a tab-separated table with a header line and the columns
// host, template, builder, operator, gambling, kind and trust. At the template
// and builder layer an empty label says that the site stands alone and "?"
// that its place is not known, which leaves it out of that layer's figures. An
// empty operator is not known either. Gambling is yes, no or unknown.
package eval
