// Package config gives every flag its twin in the environment and in a
// configuration file.
//
// The flags themselves are the schema: a value is looked up by the flag's name
// on the command line, then in the environment (PITBOSS_ and the name in upper
// case, hyphens as underscores), then in the YAML file, and is parsed by the
// flag in all three. A name that no command has is an error, since it is
// nearly always a misspelt one.
package config
