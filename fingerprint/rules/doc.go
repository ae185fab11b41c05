// Package rules runs rules in the form of IOK (phish.report/IOK), which is
// that of Sigma without a log source, over captures. Rules say what to look
// for in a page in words that other people's tools read too:
//
//	title: Kit Example
//	references: [https://example.org/analysis]
//	detection:
//	  form:
//	    html|contains: action="/member/join_ok.php"
//	  script:
//	    requests|endswith:
//	      - /js/lobby.js
//	      - /js/lobby.min.js
//	  condition: form and script
//	tags: [kit]
//
// Load reads and checks rules, and names file and line of what it refuses.
// Set.Match says which of them hold for a capture, and which value of which
// field made them hold. github.com/bradleyjkemp/sigma-go evaluates, with the
// field mappings and the case-sensitive comparison of IOK, so that a rule
// means here what it means there.
package rules
