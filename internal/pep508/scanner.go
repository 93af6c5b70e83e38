package pep508

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SyntaxError says where a requirement or marker stops making sense, and what would have.
type SyntaxError struct {
	Text     string
	Column   int // of the first character that does not fit, counted from 1
	Expected string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%q, column %d: expected %s", e.Text, e.Column, e.Expected)
}

// scanner walks over one text. What it is asked for and does not find leaves it where it is.
type scanner struct {
	text string
	at   int
}

func (s *scanner) rest() string { return s.text[s.at:] }

func (s *scanner) done() bool { return s.at == len(s.text) }

// expected is the error for the place at which the scanner stands.
func (s *scanner) expected(what string) error { return s.expectedAt(s.at, what) }

func (s *scanner) expectedAt(at int, what string) error {
	return &SyntaxError{Text: s.text, Column: utf8.RuneCountInString(s.text[:at]) + 1, Expected: what}
}

func (s *scanner) take(token string) bool {
	if !strings.HasPrefix(s.rest(), token) {
		return false
	}
	s.at += len(token)
	return true
}

// takeWhile gives the longest run of characters that fit.
func (s *scanner) takeWhile(fits func(rune) bool) string {
	rest := s.rest()
	end := strings.IndexFunc(rest, func(r rune) bool { return !fits(r) })
	if end < 0 {
		end = len(rest)
	}
	s.at += end
	return rest[:end]
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' }

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func (s *scanner) blanks() bool { return s.takeWhile(isBlank) != "" }

// takeWord takes the word if it does not go on: "in", but not the beginning of "inside".
func (s *scanner) takeWord(word string) bool {
	start := s.at
	if s.takeWhile(isWord) == word {
		return true
	}
	s.at = start
	return false
}

// identifier reads the name of a package or extra, "" if there is none. A name begins and ends with a letter or digit.
func (s *scanner) identifier() string {
	start := s.at
	s.takeWhile(func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(separators, r)
	})
	name := strings.TrimRight(s.text[start:s.at], separators)
	if strings.TrimLeft(name, separators) != name {
		name = ""
	}
	s.at = start + len(name)
	return name
}
