// Reads an exported log with the Go team's own golang.org/x/mod/sumdb/{note,tlog} and audits it: the checkpoint's
// signature by the pinned key, an inclusion proof of every entry from the tiles, and the root from every entry's bytes.
//
// usage: verify DIR; built with GO111MODULE=off against Debian's golang-golang-x-mod-dev. Prints "whole SIZE" or why not.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// width of a full tile and a full bundle.
const width = 256

type export struct{ dir string }

func (e export) Height() int                         { return 8 }
func (e export) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (e export) read(parts ...string) ([]byte, error) {
	return os.ReadFile(filepath.Join(append([]string{e.dir}, parts...)...))
}

func (e export) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		bytes, err := e.read("tile", strconv.Itoa(tile.L), number(tile.N, tile.W))
		if err != nil {
			return nil, err
		}
		all = append(all, bytes)
	}
	return all, nil
}

// number spells a tile's number in groups of three digits, and its width when it is partial.
func number(n int64, w int) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if w < width {
		path += ".p/" + strconv.Itoa(w)
	}
	return path
}

func check(err error, what string) {
	if err != nil {
		fmt.Println("not whole:", what+":", err)
		os.Exit(1)
	}
}

func main() {
	log := export{os.Args[1]}
	vkey, err := log.read("log.vkey")
	check(err, "key")
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	check(err, "key")
	signed, err := log.read("checkpoint")
	check(err, "checkpoint")
	opened, err := note.Open(signed, note.VerifierList(verifier))
	check(err, "checkpoint")
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err, "size")
	bytes, err := base64.StdEncoding.DecodeString(lines[2])
	check(err, "root")
	var root tlog.Hash
	copy(root[:], bytes)

	fromTiles := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, log)
	var stored []tlog.Hash
	fromEntries := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for index := int64(0); index < size; {
		w := int64(width)
		if size-index < w {
			w = size - index
		}
		bundle, err := log.read("tile", "entries", number(index/width, int(w)))
		check(err, "bundle")
		for ; len(bundle) > 0; index++ {
			length := 2 + int(binary.BigEndian.Uint16(bundle))
			entry := bundle[2:length]
			bundle = bundle[length:]
			proof, err := tlog.ProveRecord(size, index, fromTiles)
			check(err, "proof")
			check(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entry)), fmt.Sprint("entry ", index))
			hashes, err := tlog.StoredHashes(index, entry, fromEntries)
			check(err, "hashes")
			stored = append(stored, hashes...)
		}
	}
	computed, err := tlog.TreeHash(size, fromEntries)
	check(err, "root")
	if computed != root {
		check(fmt.Errorf("the entries hash to %v, the checkpoint says %v", computed, root), "root")
	}
	fmt.Println("whole", size)
}
