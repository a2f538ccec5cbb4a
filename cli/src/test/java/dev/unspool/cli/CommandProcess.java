// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A command in a process of its own, for what cannot be tried inside the test's: its end. */
final class CommandProcess {
  private CommandProcess() {}

  /** Starts a command; words that are not strings are written as they say. */
  static Process start(Object... words) throws IOException {
    return start(List.of(), words);
  }

  /**
   * The same in a Java that is told more.
   *
   * @param java options of the JVM
   */
  static Process start(List<String> java, Object... words) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xlog:disable",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED"));
    command.addAll(java);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    Stream.of(words).map(String::valueOf).forEach(command::add);
    return new ProcessBuilder(command).start();
  }
}
