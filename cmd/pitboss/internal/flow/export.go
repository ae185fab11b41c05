package flow

import (
	"context"
	"iter"
	"slices"

	"pitboss/cluster/export"
	"pitboss/data"
)

// Gate puts every site before the safety gate of exports.
func (h *House) Gate(ctx context.Context, p export.Policy) (export.Result, error) {
	entries, err := h.entries(ctx)
	if err != nil {
		return export.Result{}, err
	}
	return export.Gate(ctx, p, entries)
}

// entries joins each site with what is known of it.
func (h *House) entries(ctx context.Context) (iter.Seq2[export.Entry, error], error) {
	families, err := h.familiesByHost(ctx)
	if err != nil {
		return nil, err
	}
	verdicts, err := h.Store.Verdicts(ctx)
	if err != nil {
		return nil, err
	}
	byHost, revocations := map[string][]data.Verdict{}, []data.Verdict(nil)
	for _, v := range verdicts {
		if v.Kind == data.VerdictRevoke {
			revocations = append(revocations, v)
		}
		for _, host := range v.Hosts {
			byHost[host] = append(byHost[host], v)
		}
	}
	prints := map[string]data.Fingerprint{}
	for f, err := range h.Store.Fingerprints(ctx) {
		if err != nil {
			return nil, err
		}
		f.Features = nil // the gate judges by the assessment
		prints[f.Host] = f
	}
	return func(yield func(export.Entry, error) bool) {
		for site, err := range h.Store.Sites(ctx) {
			if err != nil {
				yield(export.Entry{}, err)
				return
			}
			visit, _, err := h.goodVisit(ctx, site.Host)
			e := export.Entry{Site: site, Visit: visit, Fingerprint: prints[site.Host], Families: families[site.Host]}
			e.Verdicts = slices.Concat(byHost[site.Host], revocations)
			if !yield(e, err) {
				return
			}
		}
	}, nil
}

// familiesByHost maps each host to its family ids by layer.
func (h *House) familiesByHost(ctx context.Context) (map[string]map[data.Layer]string, error) {
	run, err := h.currentRun(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]map[data.Layer]string{}
	for _, f := range run.Families {
		for _, m := range f.Members {
			if out[m.Host] == nil {
				out[m.Host] = map[data.Layer]string{}
			}
			out[m.Host][f.Layer] = f.ID
		}
	}
	return out, nil
}
