// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.checkpoint.DurableFile;
import dev.unspool.checkpoint.RegularFile;
import dev.unspool.data.Bytes;
import dev.unspool.data.Range;
import dev.unspool.data.Vocabulary;
import dev.unspool.data.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The vocabulary of a run: found once in its training part, then kept in a file. */
final class Vocabularies {
  /** The words of 2^24 classes, the most there are, with room for long ones. */
  private static final int LARGEST = 1 << 30;

  private Vocabularies() {}

  /** The vocabulary of a new run. */
  static Vocabulary find(TextConfig config) throws IOException {
    if (config.tokens() == TokenKind.BYTES) {
      return new Bytes();
    }
    Path file = Path.of(config.file());
    Range train =
        Parts.of(file, Words.countIn(file), "words", config.valid(), config.test()).train();
    return Words.count(file, config.vocabulary(), train);
  }

  /** The vocabulary of a run that exists. */
  static Vocabulary read(TextConfig config, Path file) throws IOException {
    if (config.tokens() == TokenKind.BYTES) {
      return new Bytes();
    }
    byte[] content;
    try {
      content = RegularFile.read(file, LARGEST);
    } catch (NoSuchFileException e) {
      throw new RunException(
          "%s is missing, and the model's words with it; restore it".formatted(file));
    }
    TextConfig.Facts facts = config.facts();
    String expected = facts == null ? null : facts.vocabularyCrc32c();
    if (expected != null && !expected.equals(Digest.of(content))) {
      throw new RunException(
          "%s is damaged: its words are not those of the run (found the checksum %s, config.json has %s); restore it"
              .formatted(file, Digest.of(content), expected));
    }
    try {
      return new Words(lines(content));
    } catch (CharacterCodingException e) {
      throw new RunException("%s is damaged: it is not UTF-8; restore it".formatted(file));
    } catch (IllegalArgumentException e) {
      throw new RunException("%s is damaged: %s".formatted(file, e.getMessage()));
    }
  }

  private static List<String> lines(byte[] content) throws CharacterCodingException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(content))
        .toString()
        .lines()
        .toList();
  }

  /** Keeps a vocabulary; bytes need no file. */
  static void write(Vocabulary vocabulary, Path file) throws IOException {
    if (vocabulary instanceof Words words) {
      DurableFile.write(file, content(words));
    }
  }

  /** Checksum of what is kept, null for bytes. */
  static @Nullable String checksum(Vocabulary vocabulary) {
    return vocabulary instanceof Words words ? Digest.of(content(words)) : null;
  }

  private static byte[] content(Words words) {
    return (String.join("\n", words.words()) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** The token that ends a line. */
  static int lineEnd(Vocabulary vocabulary) {
    return switch (vocabulary) {
      case Bytes _ -> '\n';
      case Words words -> words.endOfLine();
    };
  }
}
