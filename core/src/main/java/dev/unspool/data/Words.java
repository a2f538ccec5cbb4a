// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Words are tokens, as in the literature on the Penn Treebank: text is cut at white space, each
 * line ends with {@value #END_OF_LINE}, and words that are not in the vocabulary become {@value
 * #UNKNOWN}.
 */
public final class Words implements Vocabulary {
  /** Stands for every word that the vocabulary does not have. */
  public static final String UNKNOWN = "<unk>";

  /** Stands for the end of a line. */
  public static final String END_OF_LINE = "<eos>";

  /** Indices travel as float32, which hold integers up to here exactly. */
  private static final int LARGEST = 1 << 24;

  private final List<String> words;
  private final Map<String, Integer> indices;
  private final int unknown;
  private final int endOfLine;

  /**
   * A known vocabulary.
   *
   * @param words by index, all different, with {@value #UNKNOWN} and {@value #END_OF_LINE} among
   *     them
   */
  public Words(List<String> words) {
    if (words.size() > LARGEST) {
      throw new IllegalArgumentException(
          "a vocabulary has at most %s words, found %s".formatted(LARGEST, words.size()));
    }
    this.words = List.copyOf(words);
    this.indices = HashMap.newHashMap(words.size());
    for (String word : this.words) {
      Integer earlier = indices.putIfAbsent(word, indices.size());
      if (earlier != null) {
        throw new IllegalArgumentException(
            "'%s' is in the vocabulary twice, as word %s and word %s"
                .formatted(word, earlier, indices.size()));
      }
    }
    this.unknown = require(UNKNOWN);
    this.endOfLine = require(END_OF_LINE);
  }

  /**
   * The most frequent words of a part of a file (the training part); of words that are equally
   * frequent, those first in the order of {@link String#compareTo}.
   *
   * @param file UTF-8 text
   * @param maxSize largest size of the vocabulary, at least 2: the two special words count
   * @param range of words in the file, as {@link #countIn} counts them
   */
  public static Words count(Path file, int maxSize, Range range) throws IOException {
    if (maxSize < 2 || maxSize > LARGEST) {
      throw new IllegalArgumentException(
          "a vocabulary has between 2 and %s words, found %s".formatted(LARGEST, maxSize));
    }
    var counts = new HashMap<String, Integer>();
    scan(
        file,
        (word, index, _) -> {
          if (index >= range.from() && index < range.to()) {
            counts.merge(word, 1, Math::addExact);
          }
        });
    counts.remove(UNKNOWN);
    counts.remove(END_OF_LINE);
    var words = new ArrayList<>(List.of(UNKNOWN, END_OF_LINE));
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(maxSize - 2L)
        .forEach(entry -> words.add(entry.getKey()));
    return new Words(words);
  }

  /** Number of words in a file, with the ends of lines: the size of its {@link Tokens}. */
  public static long countIn(Path file) throws IOException {
    return scan(file, (_, _, _) -> {}).words();
  }

  @Override
  public int size() {
    return words.size();
  }

  @Override
  public String label() {
    return "words";
  }

  /** All words, by index. */
  public List<String> words() {
    return words;
  }

  /** The word with an index. */
  public String word(int index) {
    if (index < 0 || index >= words.size()) {
      throw new IllegalArgumentException(
          "a vocabulary of %s words has no word %s".formatted(words.size(), index));
    }
    return words.get(index);
  }

  /** The index of a word, or that of {@value #UNKNOWN} if it is not in the vocabulary. */
  public int index(String word) {
    return indices.getOrDefault(word, unknown);
  }

  /** The index of {@value #END_OF_LINE}. */
  public int endOfLine() {
    return endOfLine;
  }

  @Override
  public int[] encode(String text) {
    return split(text).stream().mapToInt(this::index).toArray();
  }

  /** The words of a text that {@link #encode} takes for {@value #UNKNOWN}, each once. */
  public List<String> unknownIn(String text) {
    return split(text).stream().filter(word -> !indices.containsKey(word)).distinct().toList();
  }

  private static List<String> split(String text) {
    var reader = new WordReader(new StringReader(text), null, false);
    var words = new ArrayList<String>();
    try {
      for (@Nullable String word = reader.next(); word != null; word = reader.next()) {
        words.add(word);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return words;
  }

  @Override
  public Decoder decoderAfter(String text) {
    return new WordDecoder(this, text);
  }

  /** Takes words as they are read. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Called for each word.
     *
     * @param index of the word in the file, from 0
     * @param start code points of the file before it
     */
    void visit(String word, long index, long start) throws IOException;
  }

  /** Size of a file in words (ends of lines are words) and code points. */
  record Extent(long words, long characters) {}

  /** Reads all words of a file. */
  static Extent scan(Path file, Visitor visitor) throws IOException {
    try (Reader in = InputFile.open(file)) {
      var reader = new WordReader(in, file, true);
      long index = 0;
      for (@Nullable String word = reader.next(); word != null; word = reader.next()) {
        visitor.visit(word, index++, reader.start());
      }
      if (index == 0) {
        throw DataException.in(file, "there are no words in the file");
      }
      return new Extent(index, reader.read());
    } catch (ZipException | EOFException e) {
      throw InputFile.damaged(file, e);
    } catch (CharacterCodingException e) {
      DataException malformed = InputFile.malformed(file);
      malformed.addSuppressed(e);
      throw malformed;
    }
  }

  private int require(String word) {
    Integer index = indices.get(word);
    if (index == null) {
      throw new IllegalArgumentException(
          "a vocabulary needs the word %s; it has %s others".formatted(word, words.size()));
    }
    return index;
  }
}
