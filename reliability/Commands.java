// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A folder of its own in which the command runs in processes of its own. */
final class Commands implements AutoCloseable {
  static final int KILLED = 128 + 9;
  static final int INTERRUPTED = 128 + 2;
  static final int TERMINATED = 128 + 15;
  private static final long PATIENCE_MINUTES = 5;

  final Path folder;

  Commands() throws IOException {
    this.folder = Files.createTempDirectory("unspool-reliability");
  }

  /** A new folder whose files need no disk, where the system has such a place. */
  static Path folderInMemory() throws IOException {
    Path memory = Path.of("/dev/shm");
    String prefix = "unspool-reliability";
    return Files.isWritable(memory)
        ? Files.createTempDirectory(memory, prefix)
        : Files.createTempDirectory(prefix);
  }

  /** The command line of the command with those words, in a JVM of its own. */
  static List<String> command(List<String> words) {
    var command =
        new ArrayList<String>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xlog:disable",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.unspool.cli.Main"));
    command.addAll(words);
    return command;
  }

  Process start(List<String> words) throws IOException {
    return startRaw(command(words));
  }

  Process startRaw(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(Redirect.appendTo(said().toFile()))
        .start();
  }

  /** What the processes said. */
  Path said() {
    return folder.resolve("said.txt");
  }

  /** Waits for a process, which may end in one of those ways and no other. */
  int requireEnd(int status, Process process, String what, int... others)
      throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw failure(what + " did not end");
    }
    int found = process.exitValue();
    if (found != status && Arrays.stream(others).noneMatch(other -> other == found)) {
      throw failure("%s ended with %s, expected %s".formatted(what, found, status));
    }
    return found;
  }

  /** Sends a signal; one to a process that has ended is lost. */
  static void signal(String name, Process process) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
        .redirectErrorStream(true)
        .redirectOutput(Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Refuses files that were half written. */
  void requireNothingHalf(Path in, String what) throws IOException {
    try (Stream<Path> all = Files.walk(in)) {
      List<Path> left = all.filter(file -> file.toString().endsWith(".tmp")).toList();
      if (!left.isEmpty()) {
        throw failure("%s: left %s".formatted(what, left));
      }
    }
  }

  AssertionError failure(String what) throws IOException {
    List<String> lines = Files.exists(said()) ? Files.readAllLines(said()) : List.of();
    return new AssertionError(
        "%s; it said last: %s"
            .formatted(what, lines.subList(Math.max(0, lines.size() - 3), lines.size())));
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() throws IOException {
    delete(folder);
  }
}
