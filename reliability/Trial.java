// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A small training in processes of their own, and what it must leave however it was interrupted. */
final class Trial implements AutoCloseable {
  private final Commands commands = new Commands();
  private final Path folder = commands.folder;
  private final Path table;
  private final String epochs;
  private byte[] wholeWeights = {};

  /** Trains once without an interruption, for comparison. */
  Trial(int epochs) throws IOException, InterruptedException {
    this.table = folder.resolve("table.csv");
    this.epochs = Integer.toString(epochs);
    var rows = new ArrayList<String>(List.of("wave"));
    for (int t = 0; t < 400; t++) {
      rows.add(Double.toString(3 + 2 * Math.sin(0.2 * t) + Math.sin(0.031 * t)));
    }
    Files.write(table, rows);
    commands.requireEnd(0, commands.start(train("whole")), "the whole training");
    wholeWeights = weights("whole");
  }

  /** The processes of the trial. */
  Commands commands() {
    return commands;
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

  /** Goes on to the end, and requires that it is the same, bit for bit, as without interruption. */
  void requireSame(String run, String what) throws IOException, InterruptedException {
    commands.requireEnd(0, commands.start(goOn(run)), what + ", gone on with,");
    if (!Arrays.equals(wholeWeights, weights(run))) {
      throw commands.failure(what + ": other weights");
    }
    for (String file : List.of("metrics.json", "best.safetensors")) {
      Path found = folder.resolve(run).resolve(file);
      if (Files.mismatch(folder.resolve("whole").resolve(file), found) >= 0) {
        throw commands.failure(what + ": another " + file);
      }
    }
    long last = 0;
    for (String line : Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl"))) {
      long update = Long.parseLong(line.replaceFirst(".*\"update\":([0-9]+).*", "$1"));
      if (update <= last) {
        throw commands.failure("%s: update %s is reported after update %s".formatted(what, update, last));
      }
      last = update;
    }
    commands.requireNothingHalf(folder.resolve(run), what);
    Commands.delete(folder.resolve(run));
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

  @Override
  public void close() throws IOException {
    commands.close();
  }
}
