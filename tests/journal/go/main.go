// Verifies an exported journal, or a receipt, with the code of Go's checksum database and nothing of Commonhold.
//
//	main log FOLDER VKEY      checkpoint, root of all entries, inclusion and consistency proofs through authenticated tiles
//	main receipt FILE VKEY    one .tlog-proof whose extra data is the entry
//
// Build: GO111MODULE=off GOPATH=/usr/share/gocode go build (Debian: golang-go, golang-golang-x-mod-dev).
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	err := errors.New("usage: main log FOLDER VKEY | main receipt FILE VKEY")
	if len(os.Args) == 4 {
		switch os.Args[1] {
		case "log":
			err = verifyLog(os.Args[2], os.Args[3])
		case "receipt":
			err = verifyReceipt(os.Args[2], os.Args[3])
		}
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// openCheckpoint checks the signature of the log and reads origin, size and root; the origin must be the key's name.
func openCheckpoint(data []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(vkey))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	origin, rest, found := strings.Cut(opened.Text, "\n")
	if !found || origin != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("checkpoint of %q signed by %q", origin, verifier.Name())
	}
	// The checksum database has a fixed first line where a checkpoint has its origin; size and root are written alike.
	return tlog.ParseTree([]byte("go.sum database tree\n" + rest))
}

// path maps a tile of the checksum database (tile/8/L/N, data tiles at level -1) to the layout of tlog-tiles.
func path(tile tlog.Tile) string {
	return strings.Replace(strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1), "tile/8/", "tile/", 1)
}

type folder string

func (f folder) Height() int                     { return height }
func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}
func (f folder) read(tile tlog.Tile) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), path(tile)))
}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := f.read(tile)
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", path(tile), len(data))
		}
		found = append(found, data)
	}
	return found, nil
}

// entries reads all bundles: each entry after its length in two bytes.
func (f folder) entries(size int64) ([][]byte, error) {
	var found [][]byte
	for at := int64(0); at < size; at += 1 << height {
		width := size - at
		if width > 1<<height {
			width = 1 << height
		}
		data, err := f.read(tlog.Tile{H: height, L: -1, N: at >> height, W: int(width)})
		if err != nil {
			return nil, err
		}
		for ; width > 0; width-- {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("bundle %d ends in the middle of an entry", at>>height)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			found = append(found, data[2:end])
			data = data[end:]
		}
		if len(data) > 0 {
			return nil, fmt.Errorf("bundle %d has %d bytes too many", at>>height, len(data))
		}
	}
	return found, nil
}

func verifyLog(name, vkey string) error {
	log := folder(name)
	data, err := os.ReadFile(filepath.Join(name, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(data, vkey)
	if err != nil {
		return err
	}
	entries, err := log.entries(tree.N)
	if err != nil {
		return err
	}
	var hashes []tlog.Hash
	stored := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = hashes[index]
		}
		return found, nil
	})
	for number, entry := range entries {
		more, err := tlog.StoredHashes(int64(number), entry, stored)
		if err != nil {
			return err
		}
		hashes = append(hashes, more...)
	}
	root, err := tlog.TreeHash(tree.N, stored)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("root mismatch: the entries come to %v, the checkpoint says %v", root, tree.Hash)
	}
	if err := verifyTiles(log, tree, stored); err != nil {
		return err
	}
	authenticated := tlog.TileHashReader(tree, log)
	for number, entry := range entries {
		proof, err := tlog.ProveRecord(tree.N, int64(number), authenticated)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, int64(number), tlog.RecordHash(entry)); err != nil {
			return fmt.Errorf("entry %d: %v", number, err)
		}
	}
	checked := 0
	for old := int64(1); old <= tree.N; old += 1 + tree.N/50 {
		before, err := tlog.TreeHash(old, stored)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, old, authenticated)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old, before); err != nil {
			return fmt.Errorf("consistency with size %d: %v", old, err)
		}
		checked++
	}
	fmt.Printf("OK %d entries, %d consistency proofs\n", len(entries), checked)
	return nil
}

// verifyTiles compares every published tile with the tree of the entries.
func verifyTiles(log folder, tree tlog.Tree, stored tlog.HashReader) error {
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		if full := int64(1) << height; int64(tile.W) != full && int64(tile.W) != (tree.N>>(height*tile.L))%full {
			continue // a partial tile of an earlier size, which need not be published
		}
		data, err := log.read(tile)
		if err != nil {
			return err
		}
		wanted, err := tlog.ReadTileData(tile, stored)
		if err != nil {
			return err
		}
		if !bytes.Equal(data, wanted) {
			return fmt.Errorf("%s is not the tile of these entries", path(tile))
		}
	}
	return nil
}

func verifyReceipt(name, vkey string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	head, checkpoint, found := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		return errors.New("not a tlog-proof with the entry as extra data")
	}
	entry, err := base64.StdEncoding.Strict().DecodeString(lines[1][len("extra "):])
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(lines[2][len("index "):], 10, 64)
	if err != nil {
		return err
	}
	if index < 0 || strconv.FormatInt(index, 10) != lines[2][len("index "):] {
		return errors.New("malformed index")
	}
	tree, err := openCheckpoint([]byte(checkpoint), vkey)
	if err != nil {
		return err
	}
	if index >= tree.N {
		return errors.New("index beyond the checkpoint")
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return err
	}
	fmt.Printf("OK entry %d of %d\n", index, tree.N)
	return nil
}
