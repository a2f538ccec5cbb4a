// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records that could not be used, and why: {@code dead-letter.jsonl}. */
final class DeadLetters {
  static final String FILE = "dead-letter.jsonl";
  private static final long LIMIT = 16L << 20;
  private static final int LONGEST_TEXT = 4096;

  private final RotatedFile file;

  /**
   * A line of the file.
   *
   * @param record its number
   * @param line where it stands
   * @param partition of the message that it is; null where it is none
   * @param offset of that message
   * @param reason why it cannot be used
   * @param bytes of its text
   * @param text at most the first 4096 of them; what is no UTF-8 is replaced
   */
  record Letter(
      long record,
      long line,
      @Nullable Integer partition,
      @Nullable Long offset,
      String reason,
      long bytes,
      String text) {}

  DeadLetters(Path folder, Consumer<String> warnings) {
    this.file = new RotatedFile(folder.resolve(FILE), LIMIT, warnings);
  }

  /** Keeps a record. */
  void add(Observation record, String reason) {
    int kept = Math.min(record.to - record.from, LONGEST_TEXT);
    String text = new String(record.text, record.from, kept, UTF_8);
    boolean message = record.topic != null;
    file.append(
        new Letter(
            record.number,
            record.line,
            message ? record.partition : null,
            message ? record.offset : null,
            reason,
            record.length,
            text));
  }
}
