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

/** A small training in processes of its own, and what it must leave however it was interrupted. */
final class Trial implements AutoCloseable {
  static final int KILLED = 128 + 9;
  static final int INTERRUPTED = 128 + 2;
  static final int TERMINATED = 128 + 15;
  private static final long PATIENCE_MINUTES = 5;

  final Path folder;
  private final Path table;
  private final String epochs;
  private byte[] wholeWeights = {};

  /** Trains once without an interruption, for comparison. */
  Trial(int epochs) throws IOException, InterruptedException {
    this.folder = Files.createTempDirectory("unspool-reliability");
    this.table = folder.resolve("table.csv");
    this.epochs = Integer.toString(epochs);
    var rows = new ArrayList<String>(List.of("wave"));
    for (int t = 0; t < 400; t++) {
      rows.add(Double.toString(3 + 2 * Math.sin(0.2 * t) + Math.sin(0.031 * t)));
    }
    Files.write(table, rows);
    requireEnd(0, start(train("whole")), "the whole training");
    wholeWeights = weights("whole");
  }

  /** The words of a training into that folder. */
  List<String> train(String run) {
    return List.of(
        ("train --csv %s --target wave --out %s --layers 2 --dropout 0.1 --hidden 8 --k1 5 --k2 10"
                + " --lanes 2 --threads 1 --epochs %s --checkpoint-updates 50 --report-every 0.01")
            .formatted(table, folder.resolve(run), epochs)
            .split(" "));
  }

  /** The words that go on with what is there: a run, or nothing that could be gone on with. */
  List<String> goOn(String run) {
    return Files.exists(folder.resolve(run).resolve("config.json"))
        ? List.of("resume", folder.resolve(run).toString(), "--quiet")
        : train(run);
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

  /** Goes on to the end, and requires that it is the same, bit for bit, as without interruption. */
  void requireSame(String run, String what) throws IOException, InterruptedException {
    requireEnd(0, start(goOn(run)), what + ", gone on with,");
    if (!Arrays.equals(wholeWeights, weights(run))) {
      throw failure(what + ": other weights");
    }
    for (String file : List.of("metrics.json", "best.safetensors")) {
      Path found = folder.resolve(run).resolve(file);
      if (Files.mismatch(folder.resolve("whole").resolve(file), found) >= 0) {
        throw failure(what + ": another " + file);
      }
    }
    long last = 0;
    for (String line : Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl"))) {
      long update = Long.parseLong(line.replaceFirst(".*\"update\":([0-9]+).*", "$1"));
      if (update <= last) {
        throw failure("%s: update %s is reported after update %s".formatted(what, update, last));
      }
      last = update;
    }
    try (Stream<Path> all = Files.walk(folder.resolve(run))) {
      List<Path> left = all.filter(file -> file.toString().endsWith(".tmp")).toList();
      if (!left.isEmpty()) {
        throw failure("%s: left %s".formatted(what, left));
      }
    }
    delete(folder.resolve(run));
  }

  private byte[] weights(String run) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(run).resolve("checkpoint"))) {
      return Files.readAllBytes(
          files
              .filter(file -> file.getFileName().toString().startsWith("weights-"))
              .findFirst()
              .orElseThrow());
    }
  }

  AssertionError failure(String what) throws IOException {
    List<String> lines = Files.exists(said()) ? Files.readAllLines(said()) : List.of();
    return new AssertionError(
        "%s; it said last: %s"
            .formatted(what, lines.subList(Math.max(0, lines.size() - 3), lines.size())));
  }

  private static void delete(Path folder) throws IOException {
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
