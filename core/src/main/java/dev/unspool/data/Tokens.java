// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A text as class indices, in order. Bytes are read from the mapped file itself; words are kept in
 * memory up to 256 MiB (8 bytes each) and beyond that in a temporary file that is mapped. So a text
 * may be larger than memory. Any number of threads may read it. The file must not be shortened
 * meanwhile.
 */
public final class Tokens implements AutoCloseable {
  /** The lower bits of a stored word are its index; the others are the code points before it. */
  private static final int INDEX_BITS = 24;

  private static final long INDEX_MASK = (1L << INDEX_BITS) - 1;

  private final Vocabulary vocabulary;
  private final Memory memory;
  private final MemorySegment values;
  private final long size;
  private final long characters;
  private final boolean bytes;

  private Tokens(Vocabulary vocabulary, Memory memory, long size, long characters) {
    this.vocabulary = vocabulary;
    this.memory = memory;
    this.values = memory.segment();
    this.size = size;
    this.characters = characters;
    this.bytes = vocabulary instanceof Bytes;
  }

  /**
   * Reads a file.
   *
   * @param file for words: UTF-8 text, or gzip of it; for bytes: nothing compressed
   * @return the tokens; the caller closes them
   * @throws DataException if there is no readable file, it is empty, or words are not UTF-8
   */
  public static Tokens read(Path file, Vocabulary vocabulary) throws IOException {
    return read(file, vocabulary, SegmentWriter.HEAP_LIMIT);
  }

  /** The same, with another limit in bytes above which words are in a temporary file. */
  static Tokens read(Path file, Vocabulary vocabulary, long heapLimit) throws IOException {
    return switch (vocabulary) {
      case Bytes bytes -> map(file, bytes);
      case Words words -> index(file, words, heapLimit);
    };
  }

  private static Tokens map(Path file, Bytes vocabulary) throws IOException {
    InputFile.check(file);
    InputFile.requirePlain(file);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      return new Tokens(vocabulary, Memory.map(channel, size), size, 0);
    }
  }

  private static Tokens index(Path file, Words words, long heapLimit) throws IOException {
    try (var writer = new SegmentWriter(heapLimit)) {
      var extent =
          Words.scan(
              file,
              (word, index, start) ->
                  writer.write((index == 0 ? 0 : start) << INDEX_BITS | words.index(word)));
      return new Tokens(words, writer.finish(), extent.words(), extent.characters());
    }
  }

  /** What the tokens stand for. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Number of tokens. */
  public long size() {
    return size;
  }

  /** One token, from 0 to {@code vocabulary().size() − 1}. */
  public int at(long index) {
    return bytes
        ? Byte.toUnsignedInt(values.get(ValueLayout.JAVA_BYTE, index))
        : (int) (values.getAtIndex(ValueLayout.JAVA_LONG, index) & INDEX_MASK);
  }

  /**
   * How many Unicode code points of the file some tokens stand for: what a loss in bits is divided
   * by. Blanks count for the word before them, and an unknown word as what stands in the file. The
   * parts of a range add up to the whole.
   */
  public long characters(Range range) {
    range.requireWithin(size, "tokens");
    if (!bytes) {
      return charactersBefore(range.to()) - charactersBefore(range.from());
    }
    long count = 0;
    for (long i = range.from(); i < range.to(); i++) {
      // Every byte but those of the form 10xxxxxx begins a code point.
      count += (values.get(ValueLayout.JAVA_BYTE, i) & 0xc0) == 0x80 ? 0 : 1;
    }
    return count;
  }

  /** Gives the memory back; the tokens must not be read any more. */
  @Override
  public void close() {
    memory.close();
  }

  private long charactersBefore(long index) {
    return index == size
        ? characters
        : values.getAtIndex(ValueLayout.JAVA_LONG, index) >>> INDEX_BITS;
  }
}
