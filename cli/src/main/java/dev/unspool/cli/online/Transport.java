// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.io.IOException;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What brings records and takes answers. */
public interface Transport {
  /**
   * Opens the records of a stream where it was left.
   *
   * @param position up to which they were consumed
   * @param about what {@link RecordSource#about} said there; empty at the very beginning
   */
  RecordSource source(StreamConfig stream, Position position, Map<String, String> about)
      throws IOException;

  /**
   * Opens what takes the answers.
   *
   * @param givesUp whether to wait for them to be taken no longer
   */
  AnswerOutput output(BooleanSupplier givesUp) throws IOException;
}
