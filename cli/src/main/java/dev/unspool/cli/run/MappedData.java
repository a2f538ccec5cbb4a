// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Data are read from mapped files. If such a file becomes shorter meanwhile, or its disk fails, the
 * JVM has no value to give, and throws an error of its own instead of an exception of ours.
 */
public final class MappedData {
  private MappedData() {}

  /** Something that reads data. */
  @FunctionalInterface
  public interface Reading<T extends @Nullable Object> {
    /** Reads, and computes. */
    T run() throws IOException;
  }

  /**
   * Runs something that reads data.
   *
   * @param config names the data
   * @throws RunException if they could not be read to their end
   */
  public static <T extends @Nullable Object> T read(RunConfig config, Reading<T> reading)
      throws IOException {
    try {
      return reading.run();
    } catch (InternalError e) {
      if (!String.valueOf(e.getMessage()).contains("memory access")) {
        throw e;
      }
      var shortened =
          new RunException(
              "%s became shorter while it was read, or its disk failed; put it back as it was, and give the command again (a training: 'unspool resume')"
                  .formatted(config.file()));
      shortened.initCause(e);
      throw shortened;
    }
  }
}
