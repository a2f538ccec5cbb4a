// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import org.jspecify.annotations.Nullable;

/**
 * A text to be learned token by token.
 *
 * @param file the text
 * @param tokens what a token is
 * @param vocabulary most words that are told apart; for words only
 * @param valid fraction of the tokens, before the test part, that choose the weights
 * @param test fraction of the tokens, at the end, that judge them
 * @param facts what was found in the file
 */
public record TextConfig(
    String file,
    TokenKind tokens,
    int vocabulary,
    double valid,
    double test,
    @Nullable Facts facts) {

  /**
   * What was found in the file when training began.
   *
   * @param bytes size of the file
   * @param tokens number of tokens
   * @param crc32c checksum of the tokens; null in files that do not say it
   * @param vocabularyCrc32c checksum of the words that are told apart; null in files that do not
   *     say it, and for bytes
   */
  public record Facts(
      long bytes, long tokens, @Nullable String crc32c, @Nullable String vocabularyCrc32c) {}

  /** Checks what can be checked without the file. */
  public TextConfig {
    UsageException.require(vocabulary >= 2, "--vocabulary must be at least 2, found " + vocabulary);
    UsageException.require(
        valid >= 0 && valid < 1, "--valid must be at least 0 and below 1, found " + valid);
    UsageException.require(
        test >= 0 && test < 1, "--test must be at least 0 and below 1, found " + test);
    UsageException.require(
        valid + test < 1,
        "--valid and --test leave nothing to train on: %s + %s".formatted(valid, test));
  }

  /** The same with what was found in the file. */
  public TextConfig with(Facts found) {
    return new TextConfig(file, tokens, vocabulary, valid, test, found);
  }

  /** The same text elsewhere. */
  public TextConfig at(String path) {
    return new TextConfig(path, tokens, vocabulary, valid, test, facts);
  }
}
