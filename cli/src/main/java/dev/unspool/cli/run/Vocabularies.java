// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Bytes;
import dev.unspool.data.Range;
import dev.unspool.data.Vocabulary;
import dev.unspool.data.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The vocabulary of a run: found once in its training part, then kept in a file. */
final class Vocabularies {
  private Vocabularies() {}

  /** The vocabulary of a new run. */
  static Vocabulary find(TextConfig config) throws IOException {
    if (config.tokens() == TokenKind.BYTES) {
      return new Bytes();
    }
    Path file = Path.of(config.file());
    Range train = Parts.of(Words.countIn(file), config.valid(), config.test()).train();
    return Words.count(file, config.vocabulary(), train);
  }

  /** The vocabulary of a run that exists. */
  static Vocabulary read(TextConfig config, Path file) throws IOException {
    if (config.tokens() == TokenKind.BYTES) {
      return new Bytes();
    }
    try {
      return new Words(Files.readAllLines(file));
    } catch (NoSuchFileException e) {
      throw new RunException(
          "%s is missing, and the model's words with it; restore it".formatted(file));
    } catch (IllegalArgumentException e) {
      throw new RunException("%s is damaged: %s".formatted(file, e.getMessage()));
    }
  }

  /** Keeps a vocabulary; bytes need no file. */
  static void write(Vocabulary vocabulary, Path file) throws IOException {
    if (vocabulary instanceof Words words) {
      Files.write(file, words.words());
    }
  }

  /** The token that ends a line. */
  static int lineEnd(Vocabulary vocabulary) {
    return switch (vocabulary) {
      case Bytes _ -> '\n';
      case Words words -> words.endOfLine();
    };
  }
}
