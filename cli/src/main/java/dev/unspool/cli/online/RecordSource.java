// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/** Where records come from; one thread asks for them. */
public interface RecordSource extends Closeable {
  /** What was found. */
  enum Found {
    /** A record; whether it can be used, it says itself. */
    RECORD,
    /** None yet: whoever has something to say should say it now. */
    NONE,
    /** None, and never will be. */
    END
  }

  /**
   * The next record.
   *
   * @param into overwritten
   * @param waitMillis how long to wait for it; 0: not at all
   * @throws dev.unspool.cli.run.UsageException if the stream has not the columns that are asked for
   */
  Found next(Observation into, long waitMillis) throws IOException;

  /** How much was consumed, up to the record that was read last. */
  Position position() throws IOException;

  /**
   * What a reader of the same stream must know beside, to go on behind that record; a few words.
   */
  Map<String, String> about();
}
